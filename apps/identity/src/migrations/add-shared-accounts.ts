import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was noticed of accounts that several people may share, and what each practice decided of them; and by which keyed
 * hash the networks of somebody's sessions are told apart (null of sessions that a release before this opened).
 */
export class AddSharedAccounts1792000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE shared_account_signs (
        person_id text NOT NULL REFERENCES people,
        sign text NOT NULL,
        noticed_at timestamptz NOT NULL,
        PRIMARY KEY (person_id, sign)
      );
      CREATE TABLE shared_account_decisions (
        person_id text NOT NULL REFERENCES people,
        organisation_id text NOT NULL REFERENCES organisations,
        shared boolean NOT NULL,
        decided_at timestamptz NOT NULL,
        decided_by text NOT NULL,
        sealed_explanation text,
        PRIMARY KEY (person_id, organisation_id)
      );
      ALTER TABLE sessions ADD COLUMN network_index text;`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'shared_account_signs');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'shared_account_decisions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions DROP COLUMN network_index;
      DROP TABLE shared_account_decisions, shared_account_signs;`);
  }
}
