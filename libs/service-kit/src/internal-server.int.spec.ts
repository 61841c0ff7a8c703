import { Agent, get, request, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Gauge } from 'prom-client';
import type { HealthReport } from './boot';
import { readiness, startInternalServer, type InternalServer, type InternalServerParts } from './internal-server';
import { answering, identityListener, watchedLogger } from './operations.fixture';
import { Metrics } from './metrics';
import { generateSigningKey, publicPart, SigningKeys } from './signing-keys';

const key = generateSigningKey('identity-1');
const fail = (): never => {
  throw new Error('canary');
};

describe('the one port of a service', () => {
  const servers: InternalServer[] = [];
  const agent = new Agent({ keepAlive: true });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
  afterAll(() => agent.destroy());

  async function serving(changes: Partial<InternalServerParts> = {}) {
    const { lines, logger } = watchedLogger();
    const { listener } = await identityListener(answering(({ text }) => Promise.resolve({ text })));
    const server = await startInternalServer({
      port: 0,
      host: '127.0.0.1',
      operations: listener,
      health: async () => ({ database: true, bus: true }),
      dispensable: (part) => part !== 'database',
      metrics: new Metrics('identity'),
      keys: await SigningKeys.of([key]),
      logger,
      ...changes,
    });
    servers.push(server);
    const base = `http://127.0.0.1:${server.port}`;
    const ask = (path: string, method = 'GET') => fetch(`${base}${path}`, { method });
    return { server, base, ask, lines };
  }

  it('says that the process lives, whatever its parts do', async () => {
    const { ask } = await serving({ health: () => Promise.reject(new Error('away')) });
    const reply = await ask('/health/live');
    expect([reply.status, await reply.json()]).toEqual([200, { status: 'up' }]);
  });

  it.each([
    [{ database: true, bus: true }, 200, 'up', { database: 'up', bus: 'up' }],
    [{ database: true, bus: false }, 200, 'degraded', { database: 'up', bus: 'down' }],
    [{ database: false, bus: true }, 503, 'down', { database: 'down', bus: 'up' }],
    [{ database: false, bus: false }, 503, 'down', { database: 'down', bus: 'down' }],
    [{}, 200, 'up', {}],
  ])('says whether it is ready, and names each part: %j', async (health, code, status, parts) => {
    const { ask } = await serving({ health: async () => health });
    const reply = await ask('/health/ready?verbose');
    expect([reply.status, await reply.json()]).toEqual([code, { status, parts }]);
    expect(reply.headers.get('retry-after')).toBe(code === 503 ? '2' : null);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(readiness(health, (part) => part !== 'database')).toMatchObject({ isReady: code === 200 });
  });

  it('is not ready where its parts do not say how they are, and I4 tells nothing of why', async () => {
    const failing: readonly InternalServerParts['health'][] = [
      () => Promise.reject(new Error('canary')),
      () => {
        throw new Error('canary');
      },
    ];
    for (const health of failing) {
      const { ask, lines } = await serving({ health, dispensable: () => true });
      const reply = await ask('/health/ready');
      expect([reply.status, await reply.text()]).toEqual([503, '{"status":"down","parts":{"health":"down"}}']);
      expect(await (await ask('/metrics')).text()).toContain('cofactor_part_up{part="health",service="identity"} 0');
      expect(lines.join('')).toContain('how the parts of the service are is not known');
    }
  });

  it('answers a probe within seconds where its parts hang, looks once for all who ask, and again later', async () => {
    let looks = 0;
    const health = () =>
      (looks += 1) === 1 ? new Promise<never>(() => undefined) : Promise.resolve({ database: true });
    const { ask } = await serving({ health });
    const replies = await Promise.all(Array.from({ length: 10 }, () => ask('/health/ready')));
    expect(replies.map(({ status }) => status)).toEqual(Array<number>(10).fill(503));
    expect(looks).toBe(1);
    expect((await ask('/health/ready')).status).toBe(200);
  });

  it('gives Prometheus its metrics, with each part of the readiness as it is now', async () => {
    let report: HealthReport = { database: true, bus: true, 'clock of audit': false };
    const { ask } = await serving({ health: async () => report });
    const partsUp = async () => (await (await ask('/metrics')).text()).split('\n').filter(isPart);
    const isPart = (line: string) => line.startsWith('cofactor_part_up');
    const line = (part: string, up: 0 | 1) => `cofactor_part_up{part="${part}",service="identity"} ${up}`;
    expect(await partsUp()).toEqual([line('database', 1), line('bus', 1), line('clock of audit', 0)]);
    report = { database: true, bus: false };
    expect(await partsUp()).toEqual([line('database', 1), line('bus', 0)]);
    const reply = await ask('/metrics');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('I4 answers 500 where metrics cannot be had, and tells nothing of why', async () => {
    const metrics = new Metrics('identity');
    new Gauge({ name: 'failing', help: 'It fails', registers: [metrics.registry], collect: fail });
    const { ask, lines } = await serving({ metrics });
    const reply = await ask('/metrics');
    expect([reply.status, await reply.text()]).toEqual([500, '{"status":"down"}']);
    expect(lines.join('')).toContain('a question of operations was not answered');
  });

  it('I4 publishes the public halves of its keys', async () => {
    const { ask } = await serving();
    const reply = await ask('/.well-known/jwks.json');
    expect(reply.headers.get('content-type')).toBe('application/jwk-set+json');
    const text = await reply.text();
    expect(JSON.parse(text)).toEqual({ keys: [publicPart(key)] });
    expect(text).not.toContain(key.d);
  });

  it('answers HEAD as GET, without the body', async () => {
    const { ask } = await serving();
    for (const path of ['/health/live', '/health/ready', '/metrics', '/.well-known/jwks.json']) {
      const [head, got] = [await ask(path, 'HEAD'), await ask(path)];
      expect([head.status, await head.text()]).toEqual([got.status, '']);
      expect(head.headers.get('content-length')).toBe(String((await got.text()).length));
    }
  });

  it('leaves everything else to the door of the operations, which is shut', async () => {
    const { ask } = await serving();
    const code = async (path: string, method?: string) => {
      const reply = await ask(path, method);
      return [reply.status, reply.headers.get('content-type'), ((await reply.json()) as { code: string }).code];
    };
    const problem = 'application/problem+json';
    const nowhere = ['/', '/health', '/health/ready/', '/constructor', '/__proto__', '//health/live', '/metrics/x'];
    for (const path of nowhere) expect(await code(path)).toEqual([404, problem, 'not-found']);
    for (const path of ['/health/live', '/metrics'])
      expect(await code(path, 'POST')).toEqual([404, problem, 'not-found']);
    expect(await code('/operations/echo', 'POST')).toEqual([401, problem, 'not-signed-in']);
  });

  it('ends idle connections soon after it closes, also those that never asked for anything', async () => {
    const { server, base } = await serving();
    const kept = get(`${base}/health/live`, { agent });
    const [response] = (await once(kept, 'response')) as [IncomingMessage];
    const idle = response.socket;
    response.resume();
    await once(response, 'end');
    const silent = connect(server.port, '127.0.0.1');
    await once(silent, 'connect');
    const ended = Promise.all([once(silent, 'close'), once(idle, 'close')]);
    const before = performance.now();
    await server.close();
    await ended;
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('lets a running answer finish when it closes, and then its connection ends too', async () => {
    const asked = gate();
    const mayAnswer = gate();
    const operations: RequestListener = (_request, response) => {
      asked.open();
      void mayAnswer.opened.then(() => response.end('done'));
    };
    const { server, base, ask } = await serving({ operations });
    const call = request(`${base}/operations/echo`, { agent, method: 'POST' });
    call.end();
    await asked.opened;
    const before = performance.now();
    const closed = server.close();
    await expect(ask('/health/live')).rejects.toThrow();
    mayAnswer.open();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    expect(response.headers.connection).toBe('close');
    expect((await response.setEncoding('utf8').toArray()).join('')).toBe('done');
    await closed;
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  it('§6.11 loses no call of those who hold its connections when it closes: each ends with an answer', async () => {
    const { server, base } = await serving();
    const held = new Agent({ keepAlive: true });
    const call = async () => {
      const [response] = (await once(get(`${base}/health/live`, { agent: held }), 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      return response;
    };
    const before = await Promise.all([call(), call(), call()]);
    expect(before.map(({ headers }) => headers.connection)).toEqual(Array(3).fill('keep-alive'));
    const closed = server.close();
    const after = await Promise.all([call(), call(), call()]);
    expect(after.map(({ statusCode, headers }) => [statusCode, headers.connection])).toEqual(
      Array(3).fill([200, 'close']),
    );
    await closed;
    await expect(call()).rejects.toThrow('ECONNREFUSED');
    held.destroy();
  });

  it('does not start on a port that is taken', async () => {
    const { server } = await serving();
    await expect(serving({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE', port: server.port });
  });
});

/** A promise and the function that resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
