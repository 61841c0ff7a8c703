import type { Service } from '@cofactor/contracts';

/** The services that have a database of their own, by the name of that database and of its application role. */
export const serviceDatabases = ['identity', 'factor_enrollment', 'challenge', 'notification', 'audit'] as const;
export type ServiceDatabase = (typeof serviceDatabases)[number];

/** The database that holds the log of a service. */
export const databaseOf = {
  identity: 'identity',
  'factor-enrollment': 'factor_enrollment',
  challenge: 'challenge',
  notification: 'notification',
} as const satisfies Readonly<Record<Service, ServiceDatabase>>;

/** The roles of the databases on this machine that have a password each. */
export const databaseRoles = ['superuser', 'owner', ...serviceDatabases] as const;
export type DatabaseRole = (typeof databaseRoles)[number];
