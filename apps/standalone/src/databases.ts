import { auditMigrations } from '@cofactor/audit';
import { challengeMigrations } from '@cofactor/challenge';
import { Database, migrate, type Migration } from '@cofactor/event-store';
import { factorEnrollmentMigrations } from '@cofactor/factor-enrollment';
import { identityMigrations } from '@cofactor/identity';
import { serviceDatabases, type LocalDatabases, type ServiceDatabase } from '@cofactor/local-installation';
import { notificationMigrations } from '@cofactor/notification';
import { grantVaultRights, vaultMigrations } from '@cofactor/secret-vault';

const migrationsOf: Readonly<Record<ServiceDatabase, readonly Migration[]>> = {
  identity: identityMigrations,
  factor_enrollment: factorEnrollmentMigrations,
  challenge: challengeMigrations,
  notification: notificationMigrations,
  audit: auditMigrations,
};

/** Two cores are busy with as many; each connection costs the server some four megabytes. */
const poolSizes: Readonly<Record<ServiceDatabase, number>> = {
  identity: 5,
  factor_enrollment: 4,
  challenge: 4,
  notification: 3,
  audit: 4,
};

const vaultPoolSize = 2;

/** Every database of the embedded default, migrated, each under its own role. */
export interface Databases {
  readonly ofService: Readonly<Record<ServiceDatabase, Database>>;
  /** The vault as one service may see it. */
  readonly vaultOf: Readonly<Record<ServiceDatabase, Database>>;
  close(): Promise<void>;
}

export async function openDatabases({ urlOf }: Pick<LocalDatabases, 'urlOf'>): Promise<Databases> {
  await migrateAll(urlOf);
  const ofService = await openEach((name) =>
    Database.open({ name, url: urlOf(name, name), poolSize: poolSizes[name] }),
  );
  const vaultOf = await openEach((name) =>
    Database.open({ name: `${name} vault`, url: urlOf('vault', name), poolSize: vaultPoolSize }),
  );
  const close = async () => {
    await Promise.all([...Object.values(ofService), ...Object.values(vaultOf)].map((database) => database.close()));
  };
  return { ofService, vaultOf, close };
}

/** Brings the tables of every database up to date. */
export async function migrateAll(urlOf: LocalDatabases['urlOf']): Promise<void> {
  await Promise.all(
    serviceDatabases.map((name) =>
      migrate({ name, ownerUrl: urlOf(name, 'owner'), migrations: migrationsOf[name], applicationRole: name }),
    ),
  );
  const ownerUrl = urlOf('vault', 'owner');
  await migrate({ name: 'vault', ownerUrl, migrations: vaultMigrations, applicationRole: 'identity' });
  const owner = await Database.open({ name: 'vault rights', url: ownerUrl, poolSize: 1 });
  try {
    await grantVaultRights(owner, {
      identity: 'identity',
      factorEnrollment: 'factor_enrollment',
      challenge: 'challenge',
      notification: 'notification',
      audit: 'audit',
    });
  } finally {
    await owner.close();
  }
}

async function openEach(
  openOne: (name: ServiceDatabase) => Promise<Database>,
): Promise<Record<ServiceDatabase, Database>> {
  const [identity, factorEnrollment, challenge, notification, audit] = await Promise.all([
    openOne('identity'),
    openOne('factor_enrollment'),
    openOne('challenge'),
    openOne('notification'),
    openOne('audit'),
  ]);
  return { identity, factor_enrollment: factorEnrollment, challenge, notification, audit };
}
