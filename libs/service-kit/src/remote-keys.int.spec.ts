import { generateKeyPairSync } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { listen, now, watchedLogger, type Listening } from './operations.fixture';
import { RemoteKeys } from './remote-keys';
import { ServiceTokenSigner, ServiceTokenVerifier } from './service-tokens';
import { generateSigningKey, publicPart, SigningKeys } from './signing-keys';

const [first, second] = [generateSigningKey('gateway-1'), generateSigningKey('gateway-2')];
const unavailable = { name: 'DomainError', code: 'unavailable', extras: { retryAfter: 2 } };

const say =
  (body: string | Buffer, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);
const publish = (...keys: readonly unknown[]) => say(JSON.stringify({ keys }));
const cut: RequestListener = (request) => request.socket.resetAndDestroy();

describe('the keys that services publish', () => {
  const servers: Listening[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  /** What a service sees of the gateway's keys, as the gateway answers. */
  async function publishing(listener: RequestListener) {
    let answer = listener;
    const asked: string[] = [];
    const server = await listen((request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    });
    servers.push(server);
    let passed = 0;
    const { lines, logger } = watchedLogger();
    const publishers = { gateway: server.base };
    const keys = new RemoteKeys({ publishers, milliseconds: () => passed, logger });
    return {
      asked,
      lines,
      keys,
      find: (keyId: string, issuer = 'gateway') => keys.find({ issuer, keyId }),
      answerBy: (next: RequestListener) => (answer = next),
      after: (milliseconds: number) => (passed += milliseconds),
    };
  }

  it('are found by the service and the id', async () => {
    const { find, asked } = await publishing(publish(publicPart(first), publicPart(second)));
    expect(await find('gateway-1')).toMatchObject({ type: 'public' });
    expect(await find('gateway-2')).toMatchObject({ type: 'public' });
    expect(asked).toEqual(['/.well-known/jwks.json']);
  });

  it('are not asked for where nobody knows the service', async () => {
    const { find, asked } = await publishing(publish(publicPart(first)));
    for (const issuer of ['audit', 'constructor', '__proto__', '', 'http://gateway']) {
      expect(await find('gateway-1', issuer)).toBeNull();
    }
    expect(asked).toEqual([]);
  });

  it('are asked for once, by all who wait for one', async () => {
    let holds: (response: ServerResponse) => void = () => undefined;
    const held = new Promise<ServerResponse>((resolve) => (holds = resolve));
    const { find, asked, after } = await publishing((_request, response) => holds(response));
    const finding = Array.from({ length: 20 }, () => find('gateway-1'));
    const response = await held;
    after(1_400);
    finding.push(find('gateway-1'));
    response.end(JSON.stringify({ keys: [publicPart(first)] }));
    for (const found of await Promise.all(finding)) expect(found).toMatchObject({ type: 'public' });
    expect(asked).toHaveLength(1);
  });

  it('are asked for again at once for an id that is not known, but at most once a second', async () => {
    const { find, asked, answerBy, after } = await publishing(publish(publicPart(first)));
    for (let calls = 0; calls < 10; calls += 1) expect(await find(`unknown-${calls}`)).toBeNull();
    expect(asked).toHaveLength(1);
    answerBy(publish(publicPart(first), publicPart(second)));
    after(999);
    expect(await find('gateway-2')).toBeNull();
    after(1);
    expect(await find('gateway-2')).toMatchObject({ type: 'public' });
    expect(asked).toHaveLength(2);
  });

  it('I3 that cannot be learnt now are unavailable, and no refusal', async () => {
    const { find, asked, answerBy, after, lines } = await publishing(cut);
    for (let calls = 0; calls < 10; calls += 1) await expect(find('gateway-1')).rejects.toMatchObject(unavailable);
    // Once more where nobody answered, and then not within the second.
    expect(asked).toHaveLength(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"publisher":"gateway"');
    answerBy(publish(publicPart(first)));
    after(1_000);
    expect(await find('gateway-1')).toMatchObject({ type: 'public' });
  });

  it('are learnt before anybody needs them: found although their publisher is gone by then', async () => {
    const { keys, find, answerBy } = await publishing(publish(publicPart(first)));
    await keys.learn();
    answerBy(cut);
    expect(await find('gateway-1')).toMatchObject({ type: 'public' });
  });

  it('that could not be learnt beforehand are asked for at once when they are needed', async () => {
    const { keys, find, answerBy, lines } = await publishing(cut);
    await keys.learn();
    answerBy(publish(publicPart(first)));
    expect(await find('gateway-1')).toMatchObject({ type: 'public' });
    expect(lines.filter((line) => line.includes('"level":40'))).toEqual([]);
  });

  it('are learnt at once where the first connection is cut, as by a replica that has just ended', async () => {
    const { find, answerBy } = await publishing((request, response) => {
      answerBy(publish(publicPart(first)));
      cut(request, response);
    });
    expect(await find('gateway-1')).toMatchObject({ type: 'public' });
  });

  it('are not asked for again in the same breath where the publisher hangs, or answers what is none', async () => {
    for (const answer of [() => undefined, say('no JSON'), say('{}', 500)]) {
      const { find, asked } = await publishing(answer);
      await expect(find('gateway-1')).rejects.toMatchObject(unavailable);
      expect(asked).toHaveLength(1);
    }
  });

  it('that were withdrawn are gone after five minutes, though nobody used them meanwhile', async () => {
    const { find, answerBy, after } = await publishing(publish(publicPart(first), publicPart(second)));
    await find('gateway-1');
    answerBy(publish(publicPart(second)));
    after(299_999);
    expect(await find('gateway-1')).toMatchObject({ type: 'public' });
    after(1);
    expect(await find('gateway-1')).toBeNull();
    expect(await find('gateway-2')).toMatchObject({ type: 'public' });
  });

  it('go on while their publisher cannot be reached, which is asked again every half minute', async () => {
    const { find, asked, answerBy, after } = await publishing(publish(publicPart(first)));
    await find('gateway-1');
    answerBy(cut);
    after(3_600_000);
    for (let calls = 0; calls < 10; calls += 1) {
      expect(await find('gateway-1')).toMatchObject({ type: 'public' });
      after(2_900);
    }
    expect(asked).toHaveLength(3);
    await expect(find('gateway-2')).rejects.toMatchObject(unavailable);
    answerBy(publish(publicPart(second)));
    after(30_000);
    expect(await find('gateway-1')).toBeNull();
  });

  it('say nothing in the place of those of another service', async () => {
    const gateway = await listen(publish(publicPart(first)));
    const challenge = await listen(publish(publicPart({ ...second, kid: 'gateway-1' })));
    servers.push(gateway, challenge);
    const publishers = { gateway: gateway.base, challenge: challenge.base };
    const keys = new RemoteKeys({ publishers, milliseconds: () => 0, logger: watchedLogger().logger });
    const signer = new ServiceTokenSigner('gateway', await SigningKeys.of([{ ...second, kid: 'gateway-1' }]));
    const token = await signer.tokenFor('identity', 'echo', now);
    await keys.find({ issuer: 'challenge', keyId: 'gateway-1' });
    expect(await new ServiceTokenVerifier('identity', keys).check(token, 'echo', now)).toEqual({ kind: 'refused' });
  });

  const right = { keys: [publicPart(first)] };
  const padded = { ...right, padding: 'x'.repeat(70_000) };
  const { kid: _kid, ...nameless } = publicPart(first);
  const dripping: RequestListener = (_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 100);
    response.once('close', () => clearInterval(drip));
  };
  const elsewhere: RequestListener = (request, response) =>
    request.url === '/other'
      ? publish(publicPart(first))(request, response)
      : say('', 302, { location: '/other' })(request, response);
  it.each([
    ['an answer of 70 kB', say(JSON.stringify(padded))],
    ['a short answer that is packed', say(gzipSync(JSON.stringify(right)), 200, { 'content-encoding': 'gzip' })],
    ['an answer that does not end', dripping],
    ['no answer', () => undefined],
    ['half an answer', (_request, response) => void response.writeHead(200, { 'content-length': 999 }).end('{"keys":')],
    ['another place', elsewhere],
    ['an error', say(JSON.stringify(right), 500)],
    ['a page', say('<p>canary</p>')],
    ['JSON that is no key set', say('[]')],
    ['keys that are none', say('{"keys":[1,null,"canary"]}')],
    [
      'too many keys',
      publish(...Array.from({ length: 21 }, (_, index) => ({ ...publicPart(first), kid: `k${index}` }))),
    ],
    ['a key without a kid', publish(nameless)],
    ['two keys with one kid', publish(publicPart(first), publicPart({ ...second, kid: 'gateway-1' }))],
    ['a key that is cut off', publish({ ...publicPart(first), x: 'AAAA' })],
  ] satisfies [string, RequestListener][])('I3 I4 never come from %s', async (_name, answer) => {
    const { find, lines } = await publishing(answer);
    await expect(find('gateway-1')).rejects.toMatchObject(unavailable);
    expect(lines.join('')).toContain('the keys of a service could not be read');
    expect(lines.join('')).not.toContain('canary');
  });

  it('are read no further than 64 KiB, however much is sent', async () => {
    let sent = 0;
    const { find } = await publishing((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && (sent += chunk.length) < 2 ** 30) if (!response.write(chunk)) break;
      };
      response.on('drain', more);
      more();
    });
    await expect(find('gateway-1')).rejects.toMatchObject(unavailable);
    expect(sent).toBeLessThan(2 ** 25);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  it.each([
    ['of another kind', { ...rsa, kid: 'gateway-1', alg: 'RS256' }],
    ['of another curve', { ...publicPart(first), crv: 'Ed448' }],
    ['that is a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'gateway-1', alg: 'HS256' }],
  ])('leave out a key %s, and keep the others', async (_name, other) => {
    const { find } = await publishing(publish(other, publicPart(second)));
    expect(await find('gateway-1')).toBeNull();
    expect(await find('gateway-2')).toMatchObject({ type: 'public' });
  });

  it('I4 leave out a key whose private half was published, and say so without it', async () => {
    const { find, lines } = await publishing(publish(first, publicPart(second)));
    expect(await find('gateway-1')).toBeNull();
    expect(await find('gateway-2')).toMatchObject({ type: 'public' });
    expect(lines.join('')).toContain('a service publishes a private key');
    expect(lines.join('')).not.toContain(first.d);
  });
});
