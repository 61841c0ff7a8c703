import 'reflect-metadata';
import { factorEnrollmentOperations, identityOperations, notificationOperations } from '@cofactor/contracts';
import { FactorSecrets } from '@cofactor/secret-vault';
import { runService } from '@cofactor/service-host';
import { Hashing, relyingPartyOf } from '@cofactor/service-kit';
import { availableParallelism } from 'node:os';
import { factorEnrollmentMigrations, FactorEnrollmentModule } from './app.module';
import { settings } from './config';

export function run(): void {
  runService({
    name: 'factor-enrollment',
    settings,
    operations: factorEnrollmentOperations,
    migrations: factorEnrollmentMigrations,
    poolSize: 6,
    log: 'factor-enrollment',
    follows: ['factor-enrollment'],
    publishers: (read) => ({ gateway: read.COFACTOR_GATEWAY_URL, identity: read.COFACTOR_IDENTITY_URL }),
    developmentParts: () => [],
    module: async ({ vault, clientOf, ...parts }, read) =>
      FactorEnrollmentModule.register({
        ...parts,
        relyingParty: relyingPartyOf(read),
        codes: clientOf(notificationOperations, read.COFACTOR_NOTIFICATION_URL),
        notices: clientOf(notificationOperations, read.COFACTOR_NOTIFICATION_URL),
        sessions: clientOf(identityOperations, read.COFACTOR_IDENTITY_URL),
        factorSecrets: new FactorSecrets(vault),
        hashing: await Hashing.create(
          { concurrency: availableParallelism(), waiting: read.COFACTOR_HASHES_WAITING },
          parts.randomBytes,
        ),
      }),
  });
}
