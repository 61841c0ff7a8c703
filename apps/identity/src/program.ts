import 'reflect-metadata';
import { factorEnrollmentOperations, identityOperations, notificationOperations } from '@cofactor/contracts';
import { builtTypes } from '@cofactor/factors';
import { Contacts, Passwords } from '@cofactor/secret-vault';
import { runService } from '@cofactor/service-host';
import { checklistOf, Hashing } from '@cofactor/service-kit';
import { availableParallelism } from 'node:os';
import { identityMigrations, IdentityModule } from './app.module';
import { developmentParts, registrationOf, settings } from './config';

export function run(): void {
  runService({
    name: 'identity',
    settings,
    operations: identityOperations,
    migrations: identityMigrations,
    poolSize: 8,
    log: 'identity',
    follows: ['identity', 'factor-enrollment'],
    publishers: (read) => ({
      gateway: read.COFACTOR_GATEWAY_URL,
      challenge: read.COFACTOR_CHALLENGE_URL,
      'factor-enrollment': read.COFACTOR_FACTOR_ENROLLMENT_URL,
      notification: read.COFACTOR_NOTIFICATION_URL,
    }),
    developmentParts,
    module: async ({ vault, clientOf, ...parts }, read) =>
      IdentityModule.register({
        ...parts,
        contacts: new Contacts(vault),
        passwords: new Passwords(vault),
        hashing: await Hashing.create(
          { concurrency: availableParallelism(), waiting: read.COFACTOR_HASHES_WAITING },
          parts.randomBytes,
        ),
        factorEnrollment: clientOf(factorEnrollmentOperations, read.COFACTOR_FACTOR_ENROLLMENT_URL),
        notification: clientOf(notificationOperations, read.COFACTOR_NOTIFICATION_URL),
        firstPasswordDays: read.COFACTOR_FIRST_PASSWORD_DAYS,
        builtFactors: builtTypes,
        registration: registrationOf(read),
        supportChecklist: checklistOf(read),
      }),
  });
}
