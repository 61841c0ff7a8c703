import { factorTypeSchema } from '@cofactor/contracts';
import { generateSync } from 'otplib/functional';
import { z } from 'zod';
import { describeFactorLaws, type FactorPractice } from './factor.contract';
import { builtTypes, registry, type BuiltFactorType } from './registry';

const totpDetails = z.object({ secret: z.string() });
const codesDetails = z.object({ recoveryCodes: z.array(z.string()) });

/** One entry for every factor that is built: the compiler asks for the missing one. */
const practices: Record<BuiltFactorType, FactorPractice> = {
  totp: {
    fields: { name: 'Work phone' },
    rightAnswers: ({ details }, now) =>
      [-30, 0, 30].map((offset) => ({
        code: generateSync({ ...totpDetails.parse(details), epoch: now.getTime() / 1000 + offset }),
      })),
    wrongAnswer: () => ({ code: '12345' }),
  },
  sms: {
    fields: { number: '07400 123456', country: 'GB' },
    rightAnswers: (_started, _now, asked) => [{ code: asked.send?.code }],
    wrongAnswer: (_started, asked) => ({ code: String((Number(asked.send?.code) + 1) % 1_000_000).padStart(6, '0') }),
  },
  email: {
    fields: {},
    rightAnswers: (_started, _now, asked) => [{ code: asked.send?.code }],
    wrongAnswer: (_started, asked) => ({ code: String((Number(asked.send?.code) + 1) % 1_000_000).padStart(6, '0') }),
  },
  'recovery-code': {
    fields: {},
    rightAnswers: ({ details }) => codesDetails.parse(details).recoveryCodes.map((code) => ({ code })),
    wrongAnswer: ({ details }) => ({
      code: (codesDetails.parse(details).recoveryCodes[0] ?? '').slice(0, 2) + 'z'.repeat(14),
    }),
  },
};

for (const type of builtTypes) {
  const factor = registry.get(type);
  if (factor === null) throw new Error(`${type} is built but not in the registry`);
  describeFactorLaws(factor, practices[type]);
}

describe('the registry', () => {
  it('gives every built type under its own name', () => {
    for (const type of builtTypes) expect(registry.get(type)?.type).toBe(type);
  });

  it('has nothing for types that are named but not built', () => {
    for (const type of factorTypeSchema.exclude([...builtTypes]).options) expect(registry.get(type)).toBeNull();
  });
});
