import { factorTypeSchema } from '@cofactor/contracts';
import { SoftwareAuthenticator } from '@cofactor/testkit';
import { generateSync } from 'otplib/functional';
import { z } from 'zod';
import { describeFactorAbuse } from './factor.abuse.contract';
import { describeFactorLaws } from './factor.contract';
import type { FactorPractice } from './factor-on-trial';
import type { Asked } from './factor';
import { builtTypes, registry, type BuiltFactorType } from './registry';

const totpDetails = z.object({ secret: z.string() });
const codesDetails = z.object({ recoveryCodes: z.array(z.string()) });

const publicKeyOptions = z.looseObject({
  challenge: z.string(),
  rp: z.object({ id: z.string() }).optional(),
  user: z.object({ id: z.string() }).optional(),
  rpId: z.string().optional(),
  allowCredentials: z.array(z.object({ id: z.string() })).optional(),
});
const browser = new SoftwareAuthenticator('https://mfa.riverside.example');

/** What a browser answers to a set-up or a challenge, or to one with another challenge of the server. */
function fromBrowser({ details }: Asked, differing: { readonly challenge?: string } = {}) {
  const asked = { ...publicKeyOptions.parse(details['publicKey']), ...differing };
  return asked.rp ? { attestation: browser.create(asked) } : { assertion: browser.get(asked) };
}

/** One entry for every factor that is built: the compiler asks for the missing one. */
const practices: Record<BuiltFactorType, FactorPractice> = {
  totp: {
    fields: { name: 'Work phone' },
    rightAnswers: ({ details }, now) =>
      [-30, 0, 30].map((offset) => ({
        code: generateSync({ ...totpDetails.parse(details), epoch: now.getTime() / 1000 + offset }),
      })),
    wrongAnswer: () => ({ code: '12345' }),
    // At 10 s of a step: the code of the next one lasts to the end of the step after that.
    secondsOfItsOwn: 80,
  },
  sms: {
    fields: { number: '07400 123456', country: 'GB' },
    rightAnswers: (_started, _now, asked) => [{ code: asked.send?.code }],
    wrongAnswer: (_started, asked) => ({ code: String((Number(asked.send?.code) + 1) % 1_000_000).padStart(6, '0') }),
    secondsOfItsOwn: null,
  },
  email: {
    fields: {},
    rightAnswers: (_started, _now, asked) => [{ code: asked.send?.code }],
    wrongAnswer: (_started, asked) => ({ code: String((Number(asked.send?.code) + 1) % 1_000_000).padStart(6, '0') }),
    secondsOfItsOwn: null,
  },
  webauthn: {
    fields: { name: 'Desk key' },
    rightAnswers: (_started, _now, asked) => [fromBrowser(asked)],
    wrongAnswer: (_started, asked) => fromBrowser(asked, { challenge: Buffer.alloc(32).toString('base64url') }),
    secondsOfItsOwn: null,
  },
  'recovery-code': {
    fields: {},
    rightAnswers: ({ details }) => codesDetails.parse(details).recoveryCodes.map((code) => ({ code })),
    wrongAnswer: ({ details }) => ({
      code: (codesDetails.parse(details).recoveryCodes[0] ?? '').slice(0, 2) + 'z'.repeat(14),
    }),
    secondsOfItsOwn: null,
  },
};

for (const type of builtTypes) {
  const factor = registry.get(type);
  if (factor === null) throw new Error(`${type} is built but not in the registry`);
  describeFactorLaws(factor, practices[type]);
  describeFactorAbuse(factor, practices[type]);
}

describe('the registry', () => {
  it('gives every built type under its own name', () => {
    for (const type of builtTypes) expect(registry.get(type)?.type).toBe(type);
  });

  it('has nothing for types that are named but not built', () => {
    for (const type of factorTypeSchema.exclude([...builtTypes]).options) expect(registry.get(type)).toBeNull();
  });
});
