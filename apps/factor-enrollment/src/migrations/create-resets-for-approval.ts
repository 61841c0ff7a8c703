import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which resets wait for a second person, for lists and for whoever decides on one; the stream is what decides. */
export class CreateResetsForApproval1792000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE resets_for_approval (
        reset_id text PRIMARY KEY,
        person_id text NOT NULL,
        requested_by text NOT NULL,
        reason text NOT NULL,
        explanation text,
        organisation_ids text[] NOT NULL,
        concerned text[] NOT NULL,
        requested_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        decided boolean NOT NULL DEFAULT false
      );
      CREATE INDEX resets_for_approval_by_end ON resets_for_approval (decided, expires_at);`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'resets_for_approval');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE resets_for_approval');
  }
}
