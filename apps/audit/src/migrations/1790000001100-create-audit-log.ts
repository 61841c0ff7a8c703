import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createViewIndexes, createViewTable } from '../read-models/record-view.table';

/**
 * The log of each organisation, which the service's role can read and add to, and nothing else (R36); and the view
 * of it, which is derived and may be made anew.
 */
export class CreateAuditLog1790000001100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_log (
        organisation_id text NOT NULL,
        leaf_index bigint NOT NULL CHECK (leaf_index >= 0),
        record_id text NOT NULL UNIQUE,
        leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
        record text NOT NULL,
        appended_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organisation_id, leaf_index)
      )`);
    await grantToApplication(runner, 'SELECT, INSERT', 'audit_log');
    for (const statement of [createViewTable('record_view'), ...createViewIndexes('record_view')]) {
      await runner.query(statement);
    }
    await grantToApplication(runner, 'SELECT, INSERT', 'record_view');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('the audit is evidence; it is never taken back'));
  }
}
