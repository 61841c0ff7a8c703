import { auditOperations } from '@cofactor/contracts';
import type { Database, Migration } from '@cofactor/event-store';
import { messagingMigrations } from '@cofactor/messaging';
import {
  HEALTH,
  OPERATIONS,
  serveOperations,
  type Clock,
  type HealthCheck,
  type Logger,
  type Metrics,
  type Verifier,
} from '@cofactor/service-kit';
import { Module, type DynamicModule } from '@nestjs/common';
import { listRecords, type PersonalFieldOpener, type Visibility } from './http/list-records';
import { CreateAuditLog1790000001100 } from './migrations/1790000001100-create-audit-log';
import { RecordWhenAnythingHappens } from './reactions/record.when-anything-happens';

export { rebuildRecordView, RecordsIncomplete } from './read-models/rebuild-record-view';

/** What audit runs on. */
export interface AuditParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Its own database, with `auditMigrations`, under a role that can only add to the log. */
  readonly database: Database;
  /** Of statements for the audience `audit`. */
  readonly verifier: Verifier;
  readonly personalFields: PersonalFieldOpener;
  /** The inbox of the consumer `audit`. */
  readonly visibility: Visibility;
}

/** The tables of audit's database. */
export const auditMigrations: readonly Migration[] = [...messagingMigrations, CreateAuditLog1790000001100];

/** One record per fact, in the log of each organisation. Consumes the facts of every service as `audit`. */
@Module({})
export class AuditModule {
  static register({ logger, metrics, ...parts }: AuditParts): DynamicModule {
    const operations = serveOperations(
      auditOperations,
      { listRecords: listRecords(parts) },
      { logger, duration: metrics.operationDuration },
    );
    const health: HealthCheck = async () => ({ database: await parts.database.isReady() });
    return {
      module: AuditModule,
      controllers: [RecordWhenAnythingHappens],
      providers: [
        { provide: OPERATIONS, useValue: operations },
        { provide: HEALTH, useValue: health },
      ],
    };
  }
}
