import 'reflect-metadata';
import { auditOperations } from '@cofactor/contracts';
import { InboxReader } from '@cofactor/messaging';
import { runService } from '@cofactor/service-host';
import { auditMigrations, AuditModule } from './app.module';
import { settings } from './config';

export function run(): void {
  runService({
    name: 'audit',
    settings,
    operations: auditOperations,
    migrations: auditMigrations,
    poolSize: 6,
    log: null,
    follows: ['identity', 'factor-enrollment', 'challenge', 'notification'],
    publishers: (read) => ({ gateway: read.COFACTOR_GATEWAY_URL, identity: read.COFACTOR_IDENTITY_URL }),
    developmentParts: () => [],
    module: ({ onCommit, ...parts }) =>
      AuditModule.register({
        ...parts,
        visibility: new InboxReader({ database: parts.database, onCommit }),
      }),
  });
}
