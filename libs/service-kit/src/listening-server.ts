import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ListeningServer {
  readonly port: number;
  /** Answers what is under way, and takes nothing new; after 8 s, connections are cut. */
  close(): Promise<void>;
}

/** Milliseconds for what is under way at the close: less than a process has for all of its parts. */
const grace = 8_000;

/** Starts to listen; throws the error of the system where it cannot. Call it before the server has connections. */
export async function listenOn(server: Server, port: number, host: string): Promise<ListeningServer> {
  const sockets = new Set<Socket>();
  const underWay = new Set<ServerResponse>();
  let closing = false;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (_request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (closing) response.setHeader('connection', 'close');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      closing = true;
      const timer = setTimeout(() => server.closeAllConnections(), grace);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      // Node would wait for connections that never asked for anything, and for those that are idle after their answer.
      const busy = new Set([...underWay].map((response) => response.socket));
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
    });
  return { port: (server.address() as AddressInfo).port, close };
}
