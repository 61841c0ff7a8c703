/**
 * The kinds of entries. Each has tables, a wrapping key and rights of its own, so that a service that is taken over
 * opens nothing but its own kinds (DESIGN §4).
 */
export const vaultKinds = ['factor-secret', 'contact', 'password', 'personal-field'] as const;
export type VaultKind = (typeof vaultKinds)[number];

/** Where the data keys of each kind stand: one row for each person. */
export const dataKeyTables: Readonly<Record<VaultKind, string>> = {
  'factor-secret': 'factor_secret_key',
  contact: 'contact_key',
  password: 'password_key',
  'personal-field': 'personal_field_key',
};
