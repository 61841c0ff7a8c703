import { createLogger, generateSigningKey, Metrics, SigningKeys } from '@cofactor/service-kit';
import { ServicePort } from './service-port';

const ports: ServicePort[] = [];
afterEach(() => Promise.all(ports.splice(0).map((port) => port.close())));

async function aPort(number = 0) {
  const port = new ServicePort({
    port: number,
    host: '127.0.0.1',
    metrics: new Metrics('challenge'),
    keys: await SigningKeys.of([generateSigningKey('challenge-1')]),
    logger: createLogger('challenge', 'silent'),
  });
  ports.push(port);
  return port;
}
async function ask(number: number, path: string, method = 'GET') {
  const reply = await fetch(`http://127.0.0.1:${number}${path}`, { method });
  const retryAfter = reply.headers.get('retry-after');
  return { status: reply.status, type: reply.headers.get('content-type'), retryAfter, text: await reply.text() };
}

describe('§6.12 the port of a service that waits for Kafka', () => {
  it('says that it lives, and what it waits for, and refuses everything else until later', async () => {
    const number = await (await aPort()).open();
    expect(await ask(number, '/health/live')).toMatchObject({ status: 200, text: '{"status":"up"}' });
    const ready = await ask(number, '/health/ready');
    expect(ready).toMatchObject({ status: 503, text: '{"status":"down","parts":{"kafka":"down"}}' });
    expect(ready.retryAfter).toBe('2');
    expect((await ask(number, '/metrics')).text).toContain('cofactor_part_up{part="kafka",service="challenge"} 0');
    for (const [path, method] of [
      ['/operations/answerChallenge', 'POST'],
      ['/operations/none', 'POST'],
      ['/', 'GET'],
    ] as const) {
      const refused = await ask(number, path, method);
      expect(refused).toMatchObject({ status: 503, type: 'application/problem+json', retryAfter: '2' });
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'unavailable', status: 503 });
    }
  });

  it('lets in at the same port, once it is ready', async () => {
    const port = await aPort();
    const number = await port.open();
    port.letIn({
      operations: (_request, response) => void response.end('answered'),
      health: async () => ({ database: true }),
    });
    expect(await port.open()).toBe(number);
    expect(await ask(number, '/operations/answerChallenge', 'POST')).toMatchObject({ status: 200, text: 'answered' });
    expect((await ask(number, '/health/ready')).text).toBe('{"status":"up","parts":{"database":"up"}}');
  });

  it('says once that it is taken', async () => {
    const taken = await aPort(await (await aPort()).open());
    await expect(taken.open()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await taken.close();
  });

  it('is closed as often as one likes, also where it never listened', async () => {
    const port = await aPort();
    await port.close();
    const number = await port.open();
    for (const _time of [1, 2]) await port.close();
    await expect(ask(number, '/health/live')).rejects.toThrow();
  });
});
