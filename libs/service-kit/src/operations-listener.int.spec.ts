import { SigningKeys } from './signing-keys';
import type { CallContext } from '@cofactor/contracts';
import type { Agent } from 'node:http';
import { keepAliveAgent, post, type HttpAnswer } from './http-exchange';
import {
  aContext,
  answering,
  gatewayClient,
  identityListener,
  listen,
  now,
  secondsLater,
  signingKeys,
  table,
  type Listening,
} from './operations.fixture';
import { ServiceTokenSigner } from './service-tokens';

describe('the door of a service', () => {
  let served: Listening;
  let agent: Agent;
  let lines: readonly string[];
  let token: string;
  let calls: CallContext[];

  beforeEach(async () => {
    calls = [];
    const server = answering((request, context) => {
      calls.push(context);
      return Promise.resolve(request);
    });
    const made = await identityListener(server);
    lines = made.lines;
    served = await listen(made.listener);
    agent = keepAliveAgent();
    token = await new ServiceTokenSigner('gateway', await SigningKeys.of([signingKeys.gateway])).tokenFor(
      'identity',
      'echo',
      now,
    );
  });
  afterEach(async () => {
    agent.destroy();
    await served.close();
  });

  const rightBody = JSON.stringify({ request: { text: 'hello' }, context: aContext() });
  const ask = (headers: Record<string, string>, body = rightBody, path = '/operations/echo'): Promise<HttpAnswer> =>
    post(new URL(path, served.base), { agent, body, headers, signal: AbortSignal.timeout(10_000) });
  const right = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });
  const codeOf = ({ body }: HttpAnswer) => (JSON.parse(body) as { code: string }).code;

  it('answers in JSON that nobody keeps, under the id that the request came with', async () => {
    const answered = await ask({ ...right(), 'x-request-id': 'request-1' });
    expect(answered).toMatchObject({ status: 200, body: '{"text":"hello"}' });
    expect(answered.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': 'request-1',
    });
    expect(calls).toEqual([aContext()]);
  });

  it('gives a request its own id where it has none that fits', async () => {
    for (const headers of [right(), { ...right(), 'x-request-id': 'two words' }]) {
      expect((await ask(headers)).headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it.each([
    ['no token', {}],
    ['another scheme', { authorization: 'Basic Z2F0ZXdheTo=' }],
    ['what is no token', { authorization: 'Bearer canary' }],
  ])('stays shut for %s, and tells nothing', async (_name, headers) => {
    for (const path of ['/operations/echo', '/operations/constructor', '/operations/nothing']) {
      const refused = await ask({ 'content-type': 'application/json', ...headers }, rightBody, path);
      expect(refused.status).toBe(401);
      expect(codeOf(refused)).toBe('not-signed-in');
      expect(refused.headers).toMatchObject({
        'www-authenticate': 'Bearer',
        'content-type': 'application/problem+json',
      });
    }
    expect(calls).toEqual([]);
  });

  it('stays shut for the token of another operation, and says so in the log', async () => {
    const refused = await ask(right(), rightBody, '/operations/count');
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(lines.join('')).toContain('"operation":"count","msg":"a service token was refused"');
    expect(calls).toEqual([]);
  });

  it('opens for the callers of an operation alone', async () => {
    const gateway = new ServiceTokenSigner('gateway', await SigningKeys.of([signingKeys.gateway]));
    const challenge = new ServiceTokenSigner('challenge', await SigningKeys.of([signingKeys.challenge]));
    const call = async (signer: ServiceTokenSigner, name: string) => {
      const authorization = `Bearer ${await signer.tokenFor('identity', name, now)}`;
      return ask({ ...right(), authorization }, rightBody, `/operations/${name}`);
    };
    expect((await call(challenge, 'whisper')).status).toBe(200);
    for (const refused of [await call(gateway, 'whisper'), await call(challenge, 'echo')]) {
      expect(refused).toMatchObject({ status: 403 });
      expect(codeOf(refused)).toBe('not-allowed');
    }
    expect(lines.join('')).toContain('"caller":"challenge","operation":"echo"');
    expect(calls).toHaveLength(1);
  });

  it('I3 shut is unavailable for those who asked the caller, never a word about themselves', async () => {
    const { client, agent: kept, lines: told } = await gatewayClient(table, served.base);
    const unavailable = { code: 'unavailable', extras: { retryAfter: 2 } };
    await expect(client.whisper({ text: '' }, aContext())).rejects.toMatchObject(unavailable);
    expect(told.join('')).toContain('"operation":"whisper","requestId":"request-1","fault":"not-let-in"');
    kept.destroy();
  });

  it.each([90, -90])('§6.11 is shut for a clock %i seconds off, says so once, and opens again', async (seconds) => {
    let time = secondsLater(seconds);
    const { client, agent: kept } = await gatewayClient(table, served.base, { clock: { now: () => time } });
    for (let calling = 0; calling < 2; calling += 1) {
      await expect(client.echo({ text: '' }, aContext())).rejects.toMatchObject({ code: 'unavailable' });
    }
    const named = lines.filter((line) => line.includes('the clock of gateway and the one here are 90 s apart'));
    expect(named).toEqual([expect.stringContaining(`"secondsAhead":${seconds}`)]);
    time = now;
    await expect(client.echo({ text: 'again' }, aContext())).resolves.toEqual({ text: 'again' });
    expect(lines.at(-1)).toContain('the clocks agree again');
    expect(calls).toHaveLength(1);
    kept.destroy();
  });

  it('takes only JSON, only in a shape that it knows, only so much', async () => {
    const cases: readonly (readonly [code: string, headers: Record<string, string>, body: string])[] = [
      ['unsupported-media-type', { 'content-type': 'text/plain' }, rightBody],
      ['unsupported-media-type', { 'content-encoding': 'gzip' }, rightBody],
      ['malformed-request', {}, '{"request":'],
      ['malformed-request', {}, ''],
      ['malformed-request', {}, '{"request":{"text":"hello"}}'],
      ['malformed-request', {}, JSON.stringify({ request: { text: '' }, context: { ...aContext(), source: null } })],
      ['payload-too-large', {}, JSON.stringify({ request: { text: 'x'.repeat(300_000) }, context: aContext() })],
    ];
    for (const [code, headers, body] of cases) expect(codeOf(await ask({ ...right(), ...headers }, body))).toBe(code);
    const noUtf8 = Buffer.from(rightBody.replace('hello', '\u00ff'), 'latin1');
    const answered = await fetch(`${served.base}/operations/echo`, { method: 'POST', headers: right(), body: noUtf8 });
    expect(await answered.json()).toMatchObject({ code: 'malformed-request' });
    expect(calls).toEqual([]);
  });

  it('§6.11 passes over what a caller of a newer release adds', async () => {
    const source = { ...aContext().source, more: 1 };
    const body = { request: { text: 'hello', more: 1 }, context: { ...aContext(), source, more: 1 }, more: 1 };
    expect((await ask(right(), JSON.stringify(body))).status).toBe(200);
    expect(calls).toEqual([aContext()]);
  });

  it('is nowhere else, and takes only POST', async () => {
    for (const path of ['/', '/operations', '/operations/', '/operations/echo/', '/operations/echo?a=1']) {
      expect((await ask(right(), rightBody, path)).status).toBe(404);
    }
    const got = await fetch(`${served.base}/operations/echo`, { headers: right() });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect(calls).toEqual([]);
  });
});
