import { KeyRing } from './key-ring';
import { DomainError, presets, type Proof, type Statement } from '@cofactor/contracts';
import { importJWK, SignJWT } from 'jose';
import { Signer, Verifier } from './signing';
import { SigningKeys, generateSigningKey, publicPart } from './signing-keys';

const now = new Date('2026-03-02T09:00:00.000Z');
const secondsLater = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const refused = new DomainError('statement-refused');

const statement: Statement = {
  permission: 'challenge',
  personId: 'amara',
  authority: { kind: 'sign-in', id: 'sign-in-1' },
  policies: [{ organisationId: 'practice-1', version: 1, policy: presets.healthcode }],
  assurance: null,
  credentialId: null,
  organisationId: null,
};
const proof: Proof = {
  purpose: 'second-factor',
  proofId: 'challenge-1',
  personId: 'amara',
  authority: { kind: 'sign-in', id: 'sign-in-1' },
  credentialId: 'app-1',
  factorType: 'totp',
  amr: ['otp'],
  at: now.toISOString(),
};

const keys = {
  identity: generateSigningKey('identity-1'),
  challenge: generateSigningKey('challenge-1'),
  'factor-enrollment': generateSigningKey('factor-enrollment-1'),
};

describe('§6.1 a statement', () => {
  it('is read by its audience while it lives', async () => {
    const signer = new Signer('identity', await SigningKeys.of([keys.identity]));
    const verifier = new Verifier('challenge', await KeyRing.load(keys));
    const signed = await signer.statement(statement, 'challenge', now);
    expect(await verifier.statement(signed, secondsLater(60))).toEqual(statement);
  });

  it('is refused elsewhere, after 60 s (5 s of skew), from the future, altered, or signed by another', async () => {
    const signer = new Signer('identity', await SigningKeys.of([keys.identity]));
    const verifier = new Verifier('challenge', await KeyRing.load(keys));
    const signed = await signer.statement(statement, 'challenge', now);
    const [header, payload, signature] = signed.split('.');
    const altered = Buffer.from(payload ?? '', 'base64url')
      .toString()
      .replace('amara', 'bola1');
    const impostor = new Signer('identity', await SigningKeys.of([keys.challenge]));
    const tokens: readonly (readonly [token: string, at: Date])[] = [
      [await signer.statement(statement, 'audit', now), now],
      [signed, secondsLater(66)],
      [signed, secondsLater(-6)],
      [`${header}.${Buffer.from(altered).toString('base64url')}.${signature}`, now],
      [await impostor.statement(statement, 'challenge', now), now],
      ['not a token', now],
    ];
    for (const [token, at] of tokens) await expect(verifier.statement(token, at)).rejects.toEqual(refused);
  });

  it('is the word of identity alone: another service, with its own key and under its own name, states nothing', async () => {
    const verifier = new Verifier('factor-enrollment', await KeyRing.load(keys));
    for (const other of ['challenge', 'factor-enrollment'] as const) {
      const signer = new Signer(other, await SigningKeys.of([keys[other]]));
      const signed = await signer.statement(statement, 'factor-enrollment', now);
      await expect(verifier.statement(signed, now)).rejects.toEqual(refused);
    }
  });
});

describe('§6.4 a proof', () => {
  it('signed again is the same text, and counts from when it was proven', async () => {
    const signer = new Signer('challenge', await SigningKeys.of([keys.challenge]));
    const verifier = new Verifier('identity', await KeyRing.load(keys));
    const signed = await signer.proof(proof, 'identity');
    expect(await signer.proof(proof, 'identity')).toBe(signed);
    expect(await verifier.proof(signed, secondsLater(59))).toEqual(proof);
    await expect(verifier.proof(signed, secondsLater(66))).rejects.toEqual(refused);
  });

  it('is taken only from the service that can vouch for its purpose', async () => {
    const verifier = new Verifier('identity', await KeyRing.load(keys));
    const enrollment = new Signer('factor-enrollment', await SigningKeys.of([keys['factor-enrollment']]));
    const identity = new Signer('identity', await SigningKeys.of([keys.identity]));
    await expect(verifier.proof(await enrollment.proof(proof, 'identity'), now)).rejects.toEqual(refused);
    await expect(verifier.proof(await identity.proof(proof, 'identity'), now)).rejects.toEqual(refused);
    const setUp: Proof = { ...proof, purpose: 'factor-set-up' };
    await expect(verifier.proof(await enrollment.proof(setUp, 'identity'), now)).resolves.toEqual(setUp);
  });

  it('is no statement, and a statement no proof', async () => {
    const verifier = new Verifier('identity', await KeyRing.load(keys));
    const identity = new Signer('identity', await SigningKeys.of([keys.identity]));
    await expect(verifier.proof(await identity.statement(statement, 'identity', now), now)).rejects.toEqual(refused);
    await expect(verifier.proof('not a token', now)).rejects.toEqual(refused);
  });

  it('is taken as what its header says it is, and as nothing else', async () => {
    const verifier = new Verifier('identity', await KeyRing.load(keys));
    const key = await importJWK(keys.challenge, 'EdDSA');
    const disguised = await new SignJWT({ proof })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'cofactor-statement+jwt' })
      .setIssuer('challenge')
      .setAudience('identity')
      .setIssuedAt(now)
      .setExpirationTime(secondsLater(60))
      .sign(key);
    await expect(verifier.proof(disguised, now)).rejects.toEqual(refused);
  });

  it('is verified with the public half alone', () => {
    expect(publicPart(keys.challenge)).not.toHaveProperty('d');
  });
});
