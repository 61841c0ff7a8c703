import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What many people are told of, and the last one who was; a row goes with the last page. Their messages let others by. */
export class CreateAnnouncements1792000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE announcements (
        fact_id text PRIMARY KEY,
        what jsonb NOT NULL,
        told_up_to text,
        next_attempt_at timestamptz NOT NULL
      )`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'announcements');
    await runner.query('ALTER TABLE outgoing ADD COLUMN of_many boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outgoing DROP COLUMN of_many');
    await runner.query('DROP TABLE announcements');
  }
}
