import type { Server, ServerResponse } from 'node:http';
import { Server as SocketServer, type AddressInfo, type Socket } from 'node:net';

export interface ListeningServer {
  readonly port: number;
  /**
   * Takes no new connection, and answers what is under way or comes on the connections that there are, each of which ends
   * with its next answer, or after half a second without one. After 8 s all are cut.
   */
  close(): Promise<void>;
}

/**
 * Milliseconds in which callers find out that a connection is to end by an answer on it. Were it cut while their next call is
 * on its way, that call would be lost, and nobody could say whether it took effect.
 */
const longestIdle = 500;

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
  const cutIdle = () => {
    const busy = new Set([...underWay].map((response) => response.socket));
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
  };
  const close = () =>
    new Promise<void>((resolve) => {
      closing = true;
      const timers = [
        setTimeout(() => server.closeAllConnections(), grace),
        // What has arrived by then is read before anything is cut.
        setTimeout(() => setImmediate(cutIdle), longestIdle),
      ];
      const closed = () => {
        timers.forEach((timer) => clearTimeout(timer));
        resolve();
      };
      // Not that of the HTTP server, which cuts idle connections at once.
      SocketServer.prototype.close.call(server, closed);
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
    });
  return { port: (server.address() as AddressInfo).port, close };
}
