import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each serves one filter, newest first. */
const viewIndexes = ['type, leaf_index', 'subject_id, leaf_index', 'actor_id, leaf_index', 'at'];

/**
 * The log of each organisation, which the service's role can read and add to, and nothing else (R36); and the view
 * of it, which is derived and may be made anew. `position` is the order of all logs together, as they were committed.
 */
export class CreateAuditLog1790000001100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_log (
        organisation_id text NOT NULL,
        leaf_index bigint NOT NULL CHECK (leaf_index >= 0),
        position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        record_id text NOT NULL UNIQUE,
        leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
        record text NOT NULL,
        appended_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organisation_id, leaf_index)
      )`);
    await grantToApplication(runner, 'SELECT, INSERT', 'audit_log');
    await runner.query(`
      CREATE TABLE record_view (
        organisation_id text NOT NULL,
        leaf_index bigint NOT NULL,
        at timestamptz NOT NULL,
        type text NOT NULL,
        outcome text NOT NULL,
        subject_id text NOT NULL,
        actor_id text NOT NULL,
        stream text NOT NULL,
        version integer NOT NULL,
        PRIMARY KEY (organisation_id, leaf_index)
      )`);
    for (const columns of viewIndexes) {
      await runner.query(`CREATE INDEX ON record_view (organisation_id, ${columns})`);
    }
    await grantToApplication(runner, 'SELECT, INSERT', 'record_view');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('the audit is evidence; it is never taken back'));
  }
}
