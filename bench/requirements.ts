import { presets, type FactorType, type OrganisationPolicy, type SignInMethod } from '@cofactor/contracts';
import { passwordOnly, requirements, type Holdings } from '@cofactor/policy';
import { compare, type Measurement, type Result } from './measure';
import type { Scale } from './scale';

const built: readonly FactorType[] = ['totp', 'sms', 'email', 'webauthn', 'recovery-code'];
const atATime = 1_000;

const practices: readonly OrganisationPolicy[] = [presets.healthcode, presets.accurx, presets.healthie].map(
  (preset, number) => ({ organisationId: `practice-${number}`, version: 1, policy: { ...preset, enforced: true } }),
);

const method = (type: FactorType): SignInMethod => ({ credentialId: `a-${type}`, type, hint: type, role: null });

/** Somebody with an app, text messages and recovery codes; somebody new; somebody with an app alone. */
const people: readonly Holdings[] = [
  { factors: [method('totp'), method('sms')], recoveryCodes: method('recovery-code'), setUpOpen: false },
  { factors: [], recoveryCodes: null, setUpOpen: true },
  { factors: [method('totp')], recoveryCodes: null, setUpOpen: false },
];

/** Decisions in a second, over people in turn. */
const decisions = (policies: readonly OrganisationPolicy[], seconds: number): Measurement => {
  return () => {
    const began = performance.now();
    const until = began + seconds * 1000;
    let done = 0;
    let asked = 0;
    while (performance.now() < until) {
      for (let one = 0; one < atATime; one += 1) {
        const holdings = people[one % people.length];
        if (holdings && requirements(policies, holdings, passwordOnly, { built }).step !== 'completed') asked += 1;
      }
      done += atATime;
    }
    if (asked === 0) throw new Error('nobody was asked for anything');
    return Promise.resolve((done / (performance.now() - began)) * 1000);
  };
};

/** The pure decision of what a sign-in still needs, for people of one practice and of three with different rules. */
export async function* requirementsBench({ rounds, seconds }: Scale): AsyncGenerator<Result> {
  yield await compare({
    name: 'what a sign-in needs, decided, people of three practices',
    unit: 'decisions/s',
    better: 'more',
    rounds,
    ours: decisions(practices, seconds),
    peers: { 'people of one practice': decisions(practices.slice(0, 1), seconds) },
  });
}
