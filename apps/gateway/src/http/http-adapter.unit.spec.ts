import type { Server } from 'node:http';
import { httpAdapter } from './http-adapter';

it('nobody holds a connection by sending a request drop by drop', () => {
  const server: Server = httpAdapter(false).getInstance().server;
  for (const limit of [server.headersTimeout, server.requestTimeout]) {
    expect(limit).toBeGreaterThan(0);
    expect(limit).toBeLessThanOrEqual(60_000);
  }
});
