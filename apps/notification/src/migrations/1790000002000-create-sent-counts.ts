import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many codes were sent in the window that runs, by the fingerprint of whom; the check is the ceiling. */
export class CreateSentCounts1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sent_counts (
        fingerprint text PRIMARY KEY,
        sent integer NOT NULL,
        most integer NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT sent_counts_within_ceiling CHECK (sent <= most)
      )`);
    await runner.query('CREATE INDEX sent_counts_over ON sent_counts (ends_at)');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'sent_counts');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sent_counts');
  }
}
