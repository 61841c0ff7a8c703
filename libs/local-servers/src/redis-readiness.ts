import { connect } from 'node:net';

/** Milliseconds for one question. */
const patience = 1_000;

/**
 * Whether the Redis on a port of this machine answers, and is the process with this id: a port that was free a moment
 * ago may be another's now.
 */
export function answersAs(processId: number, port: number, password: string | null): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: patience });
    let said = '';
    const end = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    const authenticate = password === null ? '' : `AUTH ${password}\r\n`;
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('+PONG') && said.includes(`process_id:${processId}\r\n`)) end(true);
    });
    socket.on('connect', () => socket.write(`${authenticate}INFO server\r\nPING\r\n`));
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => end(false));
  });
}
