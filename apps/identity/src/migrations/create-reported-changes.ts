import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose changes are frozen, since they reported one as not their own: a row a person, from the facts of factor-enrollment. */
export class CreateReportedChanges1795000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE reported_changes (person_id text PRIMARY KEY, frozen_until timestamptz NOT NULL)');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'reported_changes');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reported_changes');
  }
}
