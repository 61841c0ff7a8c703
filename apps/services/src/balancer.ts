import { connect, createServer, type Socket } from 'node:net';

/**
 * One port for the replicas of a service, as a cluster gives it: each new connection goes to the next replica, or to the
 * one after it where that one is not there. Connections are passed on byte for byte.
 */
export async function balance(ports: readonly number[], port: number): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((incoming) => {
    open.add(incoming);
    incoming.on('close', () => open.delete(incoming)).on('error', () => incoming.destroy());
    turn += 1;
    passOn(
      incoming,
      ports.map((_, index) => ports[(turn + index) % ports.length] ?? 0),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      open.forEach((socket) => socket.destroy());
    });
}

function passOn(incoming: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) return void incoming.destroy();
  const outgoing = connect(port, '127.0.0.1');
  const next = (): void => passOn(incoming, others);
  outgoing.once('error', next);
  outgoing.once('connect', () => {
    outgoing.off('error', next);
    outgoing.on('error', () => incoming.destroy()).on('close', () => incoming.destroy());
    incoming.on('close', () => outgoing.destroy());
    outgoing.setNoDelay(true);
    incoming.setNoDelay(true).pipe(outgoing).pipe(incoming);
  });
}
