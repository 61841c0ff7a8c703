import { presets } from '@cofactor/contracts';
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { FactorEffects, Occasion } from './factor';

/** Cheap, but salted like the real one, so that two hashes of one secret differ. */
const weakScrypt = { N: 2, r: 1, p: 1 };

function hashOf(secret: string, salt: Buffer): string {
  return `${salt.toString('hex')}.${scryptSync(secret, salt, 16, weakScrypt).toString('hex')}`;
}

/** Effects with a fixed clock, real randomness, and a record of the secrets that were hashed and compared. */
export function testEffects(now = new Date('2026-03-01T09:30:10.000Z')) {
  const hashed: string[] = [];
  const compared: { hash: string; secret: string }[] = [];
  const effects: FactorEffects = {
    now,
    randomBytes: (length) => randomBytes(length),
    hash: (secret) => {
      hashed.push(secret);
      return Promise.resolve(hashOf(secret, randomBytes(8)));
    },
    matchesHash: (hash, secret) => {
      compared.push({ hash, secret });
      const salt = Buffer.from(hash.split('.')[0] ?? '', 'hex');
      return Promise.resolve(timingSafeEqual(Buffer.from(hashOf(secret, salt)), Buffer.from(hash)));
    },
    dummyHash: hashOf('matches nothing', Buffer.alloc(8)),
    relyingParty: {
      id: 'mfa.riverside.example',
      name: 'Riverside Practice',
      origins: ['https://mfa.riverside.example'],
    },
    policies: [{ organisationId: 'riverside', version: 1, policy: presets.healthcode }],
  };
  return { effects, hashed, compared };
}

/** A challenge, or a set-up, that was asked for a moment ago. */
export const anOccasion = (differing: Partial<Occasion> = {}): Occasion => ({
  id: 'challenge-1',
  purpose: 'sign-in',
  askedAt: new Date('2026-03-01T09:30:00.000Z'),
  ...differing,
});
