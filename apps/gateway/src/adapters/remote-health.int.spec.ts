import { createLogger } from '@cofactor/service-kit';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { remoteHealth } from './remote-health';

describe('the health of the services', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function answering(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const saying = (body: string, status = 200, headers: Record<string, string> = {}) =>
    answering((_request, response) => void response.writeHead(status, headers).end(body));
  const ready = (parts: Readonly<Record<string, string>>, status = 200) =>
    saying(JSON.stringify({ status: 'any', parts }), status);

  async function report(services: Readonly<Record<string, string>>) {
    const lines: string[] = [];
    const logger = createLogger('gateway', 'info', { write: (line: string) => void lines.push(line) });
    return { health: await remoteHealth(services, logger), lines };
  }

  it('names the parts of each service', async () => {
    const identity = await ready({ database: 'up', bus: 'up' });
    const challenge = await ready({ database: 'down', 'clock of identity': 'down', redis: 'up' }, 503);
    expect(await report({ identity, challenge })).toEqual({
      health: {
        'identity.database': true,
        'identity.bus': true,
        'challenge.database': false,
        'challenge.clock of identity': false,
        'challenge.redis': true,
      },
      lines: [],
    });
  });

  it('I3 names a service that is not there, and one that hangs, and waits for no one longer than 3 s', async () => {
    const gone = await ready({});
    servers[0]?.close();
    const services = {
      identity: await ready({ database: 'up' }),
      gone,
      hanging: await answering(() => undefined),
      dripping: await answering((_request, response) => {
        const drip = setInterval(() => response.write(' '), 100);
        response.once('close', () => clearInterval(drip));
      }),
    };
    const before = performance.now();
    const { health, lines } = await report(services);
    expect(performance.now() - before).toBeLessThan(6_000);
    expect(health).toEqual({ 'identity.database': true, gone: false, hanging: false, dripping: false });
    expect(lines).toHaveLength(3);
  });

  it.each([
    ['an error', () => saying('{"status":"down"}', 500)],
    ['an error that looks ready', () => ready({ database: 'up' }, 500)],
    ['no parts', () => saying('{"status":"up"}')],
    ['parts that are neither up nor down', () => ready({ database: 'canary' })],
    ['a page', () => saying('<p>canary</p>')],
    ['too much', () => saying(JSON.stringify({ parts: {}, more: 'canary'.repeat(12_000) }))],
    ['another place', () => saying('', 302, { location: '/other' })],
  ])('I3 I4 counts a service as down that answers %s, and repeats nothing of it', async (_name, service) => {
    const { health, lines } = await report({ audit: await service() });
    expect(health).toEqual({ audit: false });
    expect(lines).toEqual([expect.stringContaining('"called":"audit"')]);
    expect(lines.join('')).not.toContain('canary');
  });
});
