import { SignJWT, importJWK, type JWK } from 'jose';
import { KeyRing, type TrustedKeys } from './key-ring';
import { now, secondsLater } from './operations.fixture';
import { ServiceTokenSigner, ServiceTokenVerifier } from './service-tokens';
import { Signer } from './signing';
import { SigningKeys, generateSigningKey, publicPart } from './signing-keys';

const gateway = generateSigningKey('gateway-1');
const challenge = generateSigningKey('challenge-1');

const verifierWith = async (keys: Readonly<Record<string, readonly JWK[]>>) =>
  new ServiceTokenVerifier('identity', await KeyRing.load(keys));
const verifier = () => verifierWith({ gateway: [publicPart(gateway)], challenge: [publicPart(challenge)] });
const tokenOf = async (key: JWK, at = now) =>
  new ServiceTokenSigner('gateway', await SigningKeys.of([key])).tokenFor('identity', 'startSignIn', at);

/** A token with everything right but for what is changed. */
async function forged(changes: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  const seconds = now.getTime() / 1000;
  const claims = { iss: 'gateway', aud: 'identity', sub: 'startSignIn', iat: seconds, exp: seconds + 30, ...changes };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'gateway-1', typ: 'cofactor-service+jwt', ...header })
    .sign(await importJWK(gateway, 'EdDSA'));
}

describe('a service token', () => {
  it('names the caller to the service that it calls, for one operation', async () => {
    expect(await (await verifier()).check(await tokenOf(gateway), 'startSignIn', now)).toEqual({
      kind: 'accepted',
      caller: 'gateway',
    });
    expect(await (await verifier()).check(await forged({}), 'startSignIn', now)).toMatchObject({ kind: 'accepted' });
  });

  it('may come again within its life', async () => {
    const [token, door] = [await tokenOf(gateway), await verifier()];
    for (const seconds of [0, 0, 15, 29]) {
      expect(await door.check(token, 'startSignIn', secondsLater(seconds))).toMatchObject({ kind: 'accepted' });
    }
  });

  it.each([
    ['for another service', { aud: 'challenge' }, {}],
    ['for another operation', { sub: 'authorise' }, {}],
    ['for no operation', { sub: undefined }, {}],
    ['of another service with its own key', { iss: 'challenge' }, {}],
    ['of a service that has no keys', { iss: 'audit' }, {}],
    ['under the key id of another', {}, { kid: 'challenge-1' }],
    ['under an unknown key id', {}, { kid: 'gateway-2' }],
    ['without a key id', {}, { kid: undefined }],
    ['that says it is a statement', {}, { typ: 'cofactor-statement+jwt' }],
    ['that never expires', { exp: undefined }, {}],
    ['that does not say when it was signed', { iat: undefined }, {}],
  ])('is refused: one %s', async (_name, changes, header) => {
    expect(await (await verifier()).check(await forged(changes, header), 'startSignIn', now)).toEqual({
      kind: 'refused',
    });
  });

  it('is refused without a signature, with a changed one, and where it is none at all', async () => {
    const [header, payload] = (await tokenOf(gateway)).split('.');
    const none = Buffer.from('{"alg":"none","kid":"gateway-1","typ":"cofactor-service+jwt"}').toString('base64url');
    for (const token of [`${header}.${payload}.`, `${header}.${payload}.AAAA`, `${none}.${payload}.`, '', 'a.b.c']) {
      expect(await (await verifier()).check(token, 'startSignIn', now)).toEqual({ kind: 'refused' });
    }
  });

  it('is no statement, and a statement no service token', async () => {
    const signer = new Signer('gateway', await SigningKeys.of([gateway]));
    const statement = await signer.statement({} as never, 'identity', now);
    expect(await (await verifier()).check(statement, 'startSignIn', now)).toEqual({ kind: 'refused' });
  });

  it('§6.11 lives 30 seconds, with 5 seconds of skew both ways', async () => {
    const [token, door] = [await tokenOf(gateway), await verifier()];
    for (const seconds of [-5, 34]) {
      expect(await door.check(token, 'startSignIn', secondsLater(seconds))).toMatchObject({ kind: 'accepted' });
    }
    for (const seconds of [-6, 36]) {
      expect(await door.check(token, 'startSignIn', secondsLater(seconds))).toMatchObject({ kind: 'out-of-time' });
    }
  });

  it('lives no longer than that, whatever it says itself', async () => {
    const token = await forged({ exp: now.getTime() / 1000 + 86_400 });
    expect(await (await verifier()).check(token, 'startSignIn', secondsLater(60))).toMatchObject({
      kind: 'out-of-time',
    });
  });

  it('§6.11 of a clock 90 seconds off is refused, and says how far it is off', async () => {
    for (const seconds of [90, -90]) {
      const token = await tokenOf(gateway, secondsLater(seconds));
      const verdict = { kind: 'out-of-time', caller: 'gateway', seconds };
      expect(await (await verifier()).check(token, 'startSignIn', now)).toEqual(verdict);
    }
  });

  it('says nothing of a clock where more is wrong with it', async () => {
    const impostor = new ServiceTokenSigner('gateway', await SigningKeys.of([{ ...challenge, kid: 'gateway-1' }]));
    const token = await impostor.tokenFor('identity', 'startSignIn', secondsLater(90));
    expect(await (await verifier()).check(token, 'startSignIn', now)).toEqual({ kind: 'refused' });
    const elsewhere = await forged({ aud: 'challenge', exp: 1 });
    expect(await (await verifier()).check(elsewhere, 'startSignIn', now)).toEqual({ kind: 'refused' });
  });
});

describe('a service token that comes again within its second', () => {
  /** A door whose keys can be changed, as by those who publish them. */
  const doorWith = async (...keys: readonly JWK[]) => {
    let trusted: TrustedKeys = await KeyRing.load({ gateway: keys.map(publicPart) });
    const door = new ServiceTokenVerifier('identity', { find: (claimed) => trusted.find(claimed) });
    const change = async (...others: readonly JWK[]) => {
      trusted = await KeyRing.load({ gateway: others.map(publicPart) });
    };
    return { door, change };
  };
  const withinTheSecond = new Date(now.getTime() + 999);

  it('has its signature checked once', async () => {
    const [token, { door }] = [await tokenOf(gateway), await doorWith(gateway)];
    const checks = jest.spyOn(globalThis.crypto.subtle, 'verify');
    for (const at of [now, withinTheSecond, secondsLater(1)]) {
      expect(await door.check(token, 'startSignIn', at)).toEqual({ kind: 'accepted', caller: 'gateway' });
    }
    expect(checks).toHaveBeenCalledTimes(2);
    checks.mockRestore();
  });

  it('is refused for another operation, and with a changed signature', async () => {
    const [token, { door }] = [await tokenOf(gateway), await doorWith(gateway)];
    expect(await door.check(token, 'startSignIn', now)).toMatchObject({ kind: 'accepted' });
    expect(await door.check(token, 'authorise', withinTheSecond)).toEqual({ kind: 'refused' });
    const [header, payload] = token.split('.');
    expect(await door.check(`${header}.${payload}.AAAA`, 'startSignIn', withinTheSecond)).toEqual({ kind: 'refused' });
  });

  it('is refused once its key is withdrawn, or another one bears its id', async () => {
    const [token, { door, change }] = [await tokenOf(gateway), await doorWith(gateway)];
    expect(await door.check(token, 'startSignIn', now)).toMatchObject({ kind: 'accepted' });
    await change();
    expect(await door.check(token, 'startSignIn', withinTheSecond)).toEqual({ kind: 'refused' });
    await change({ ...challenge, kid: 'gateway-1' });
    expect(await door.check(token, 'startSignIn', withinTheSecond)).toEqual({ kind: 'refused' });
  });
});

describe('the signer of service tokens', () => {
  it('uses a token again for 15 seconds, for the same operation of the same service', async () => {
    const signer = new ServiceTokenSigner('gateway', await SigningKeys.of([gateway]));
    const first = await signer.tokenFor('identity', 'startSignIn', now);
    expect(await signer.tokenFor('identity', 'startSignIn', secondsLater(14))).toBe(first);
    const others = [
      await signer.tokenFor('identity', 'authorise', now),
      await signer.tokenFor('challenge', 'startSignIn', now),
      await signer.tokenFor('identity', 'startSignIn', secondsLater(15)),
    ];
    expect(new Set([first, ...others]).size).toBe(4);
  });

  it('signs anew when its clock was set back', async () => {
    const signer = new ServiceTokenSigner('gateway', await SigningKeys.of([gateway]));
    await signer.tokenFor('identity', 'startSignIn', secondsLater(3_600));
    const token = await signer.tokenFor('identity', 'startSignIn', now);
    expect(await (await verifier()).check(token, 'startSignIn', now)).toMatchObject({ kind: 'accepted' });
  });

  it('does not start with a public key, or with one that has no id', async () => {
    const { kid: _kid, ...nameless } = gateway;
    await expect(SigningKeys.of([publicPart(gateway)])).rejects.toThrow('private');
    await expect(SigningKeys.of([nameless])).rejects.toThrow('kid');
  });
});

describe('the keys of service tokens', () => {
  const next = generateSigningKey('gateway-2');

  it('change without a refused call: both are known while the signer changes', async () => {
    const phases: readonly (readonly [known: readonly JWK[], signing: readonly JWK[]])[] = [
      [[gateway], [gateway]],
      [[gateway, next], [gateway]],
      [
        [gateway, next],
        [gateway, next],
      ],
      [[gateway, next], [next]],
      [[next], [next]],
    ];
    for (const [known, signing] of phases) {
      const door = await verifierWith({ gateway: known.map(publicPart) });
      for (const key of signing) {
        expect(await door.check(await tokenOf(key), 'startSignIn', now)).toMatchObject({ kind: 'accepted' });
      }
    }
  });

  it('are nothing once they are dropped', async () => {
    const door = await verifierWith({ gateway: [publicPart(next)] });
    expect(await door.check(await tokenOf(gateway), 'startSignIn', now)).toEqual({ kind: 'refused' });
  });

  it('have an id each', async () => {
    const { kid: _kid, ...nameless } = gateway;
    await expect(KeyRing.load({ gateway: [nameless] })).rejects.toThrow('a key has no kid');
    const twice = [publicPart(gateway), publicPart({ ...next, kid: 'gateway-1' })];
    await expect(KeyRing.load({ gateway: twice })).rejects.toThrow('the same kid');
  });
});
