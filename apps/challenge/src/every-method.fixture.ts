import type { BuiltFactorType } from '@cofactor/factors';
import { SoftwareAuthenticator, type AskedOfBrowser } from '@cofactor/testkit';
import type { Enrolled, TestChallenge } from './challenge.fixture';
import { recoveryCodesOf, type People } from './people.fixture';

type Answer = Record<string, unknown>;

/** One person's method of some type, used without knowing which. */
export interface Method {
  readonly of: Enrolled;
  /** To be called as soon as a challenge was asked for; what comes back makes its right answer at any later moment. */
  readonly answering: (asked: { readonly details: Record<string, unknown> }) => () => Answer;
}

/** A method of each type that is built: the compiler asks for the missing one. */
export const newMethod: Readonly<Record<BuiltFactorType, (test: TestChallenge, people: People) => Promise<Method>>> = {
  totp: async (test, people) => {
    const of = await test.enrolled('totp');
    return { of, answering: () => () => ({ code: people.codeOf(of) }) };
  },
  sms: async (test) => sentTo(test, await test.enrolled('sms', { fields: { number: '07400 123456', country: 'GB' } })),
  email: async (test) => sentTo(test, await test.enrolled('email')),
  webauthn: async (test) => {
    const browser = new SoftwareAuthenticator('https://mfa.riverside.example');
    const askedOf = (details: Record<string, unknown>) => details['publicKey'] as AskedOfBrowser;
    const of = await test.enrolled('webauthn', { setUp: (asked) => ({ attestation: browser.create(askedOf(asked)) }) });
    // What it spends is when it was asked for, and the set-up was one.
    test.clock.advance(1);
    return {
      of,
      answering:
        ({ details }) =>
        () => ({ assertion: browser.get(askedOf(details)) }),
    };
  },
  'recovery-code': async (test) => {
    const of = await test.enrolled('recovery-code');
    const left = [...recoveryCodesOf(of)];
    return {
      of,
      answering: () => {
        const code = left.shift();
        return () => ({ code });
      },
    };
  },
};

const sentTo = ({ sentCodes }: TestChallenge, of: Enrolled): Method => ({
  of,
  answering: () => {
    const code = sentCodes.lastTo(of.personId);
    return () => ({ code });
  },
});
