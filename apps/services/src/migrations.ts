import { auditMigrations } from '@cofactor/audit';
import { challengeMigrations } from '@cofactor/challenge';
import { factorEnrollmentMigrations } from '@cofactor/factor-enrollment';
import { identityMigrations } from '@cofactor/identity';
import { notificationMigrations } from '@cofactor/notification';
import { runAllMigrations } from '@cofactor/service-host';

export function run(): void {
  runAllMigrations({
    identity: identityMigrations,
    'factor-enrollment': factorEnrollmentMigrations,
    challenge: challengeMigrations,
    notification: notificationMigrations,
    audit: auditMigrations,
  });
}
