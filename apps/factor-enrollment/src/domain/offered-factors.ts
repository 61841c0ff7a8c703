import { DomainError, type FactorType, type OrganisationPolicy } from '@cofactor/contracts';
import { builtTypes, registry, type Factor } from '@cofactor/factors';
import { allowedTypes, recoveryCodeRule } from '@cofactor/policy';

/** What the policies let a person set up: allowed by one of them and built, in the order of the registry. */
export const offeredTypes = (policies: readonly OrganisationPolicy[]): FactorType[] =>
  allowedTypes(policies, builtTypes);

/** The factor of a type that the policies offer, or `factor-not-allowed`. */
export function offeredFactor(type: FactorType, policies: readonly OrganisationPolicy[]): Factor {
  const factor = offeredTypes(policies).includes(type) ? registry.get(type) : null;
  if (!factor) throw new DomainError('factor-not-allowed');
  return factor;
}

/** How many recovery codes the policies give; 0 for none. */
export const recoveryCodeCount = (policies: readonly OrganisationPolicy[]): number => recoveryCodeRule(policies).count;

const kinds: Readonly<Record<FactorType, string>> = {
  totp: 'an authenticator app',
  sms: 'a number for text messages',
  email: 'codes by email',
  webauthn: 'a passkey',
  'recovery-code': 'recovery codes',
};

/** As people are told of them: "an authenticator app or a passkey". */
export const kindsInWords = (types: readonly FactorType[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(types.map((type) => kinds[type]));

/** A name that none of the others has: "Authenticator app", then "Authenticator app 2". */
export function distinctName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}
