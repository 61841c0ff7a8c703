import type { VaultKind } from '../vault-kind';
import type { KeyFile } from './key-file';

/** The kinds of entries that each service seals or opens (DESIGN §4); it is given no key of another. */
const kindsOf = {
  identity: ['contact', 'password', 'personal-field'],
  'factor-enrollment': ['factor-secret', 'contact', 'personal-field'],
  challenge: ['factor-secret', 'contact', 'personal-field'],
  notification: ['contact', 'personal-field'],
  audit: ['personal-field'],
} as const satisfies Readonly<Record<string, readonly VaultKind[]>>;

export type VaultService = keyof typeof kindsOf;
export const vaultServices = Object.keys(kindsOf) as readonly VaultService[];

/** Who finds an address by its blind index: identity at a sign-in, factor-enrollment for uniqueness. */
const usesContactIndex = (service: VaultService): boolean => service === 'identity' || service === 'factor-enrollment';

/** The part of a key file that one service may hold. */
export function shareOf({ version, kinds, blindIndexes, fingerprint }: KeyFile, service: VaultService): KeyFile {
  const own: readonly VaultKind[] = kindsOf[service];
  return {
    version,
    kinds: Object.fromEntries(Object.entries(kinds).filter(([kind]) => own.some((one) => one === kind))),
    blindIndexes: usesContactIndex(service) ? blindIndexes : {},
    fingerprint,
  };
}
