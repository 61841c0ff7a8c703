import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The messages that are still to be sent, and when; a row goes in the commit that closes its message. */
export class CreateOutgoing1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outgoing (
        message_id text PRIMARY KEY,
        next_attempt_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX outgoing_due ON outgoing (next_attempt_at)');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'outgoing');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outgoing');
  }
}
