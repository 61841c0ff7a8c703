import type { VaultDatabase } from './sql';
import { dataKeyTables } from './vault-kind';

/** The existing database role that each service runs under; two services may share one. */
export interface VaultRoles {
  readonly identity: string;
  readonly factorEnrollment: string;
  readonly challenge: string;
  readonly notification: string;
  readonly audit: string;
}

const tables = [
  'factor_secret',
  'contact',
  'password',
  ...Object.values(dataKeyTables),
  'vault_epoch',
  'mark',
  'migrations',
];

/** What each service looks at in the vault when it starts: whether the tables are there, and its own marks. */
const ofEveryService = { migrations: 'SELECT', vault_epoch: 'SELECT', mark: 'SELECT, INSERT, UPDATE' };

/** What destroyPerson needs where nothing may be opened: the foreign keys take the entries along. */
const toErase = 'DELETE, SELECT (person_id)';

/** DESIGN §4, the table of kinds, in the words of PostgreSQL. */
const rights: Readonly<Record<keyof VaultRoles, Readonly<Record<string, string>>>> = {
  identity: {
    contact: 'SELECT, INSERT, UPDATE, DELETE',
    contact_key: 'SELECT, INSERT, DELETE',
    password: 'SELECT, INSERT, UPDATE, DELETE',
    password_key: 'SELECT, INSERT, DELETE',
    factor_secret_key: toErase,
    personal_field_key: 'SELECT, INSERT, DELETE',
  },
  factorEnrollment: {
    factor_secret: 'SELECT, INSERT, UPDATE, DELETE',
    factor_secret_key: 'SELECT, INSERT',
    contact: 'SELECT, INSERT',
    contact_key: 'SELECT, INSERT',
    personal_field_key: 'SELECT, INSERT',
  },
  challenge: {
    factor_secret: 'SELECT',
    factor_secret_key: 'SELECT',
    contact: 'SELECT',
    contact_key: 'SELECT',
    personal_field_key: 'SELECT, INSERT',
  },
  notification: {
    contact: 'SELECT',
    contact_key: 'SELECT',
    personal_field_key: 'SELECT, INSERT',
  },
  audit: { personal_field_key: 'SELECT, INSERT' },
};

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Gives each service's role exactly its rights on the vault, and takes any others away, in one transaction. Run it as
 * the owner of the tables after each migration.
 */
export async function grantVaultRights(database: VaultDatabase, roles: VaultRoles): Promise<void> {
  const services = Object.keys(rights) as (keyof VaultRoles)[];
  await database.transaction(async (transaction) => {
    for (const service of services) {
      await transaction.query(`REVOKE ALL ON ${tables.join(', ')} FROM ${identifier(roles[service])}`);
    }
    for (const service of services) {
      for (const [table, granted] of Object.entries({ ...rights[service], ...ofEveryService })) {
        await transaction.query(`GRANT ${granted} ON ${table} TO ${identifier(roles[service])}`);
      }
    }
  });
}
