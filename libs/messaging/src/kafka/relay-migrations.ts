import { grantToApplication, type Migration } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateRelay1791000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE relay (
        topic text PRIMARY KEY,
        position bigint NOT NULL DEFAULT 0,
        generation integer NOT NULL DEFAULT 1,
        ends jsonb NOT NULL DEFAULT '[]'
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE relay_held (
        topic text NOT NULL,
        position bigint NOT NULL,
        stream text NOT NULL,
        next_attempt_at timestamptz NOT NULL,
        PRIMARY KEY (topic, position)
      )`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE', 'relay');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'relay_held');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE relay, relay_held');
  }
}

/** When the log was last in use. Releases before `whole_in` read it; nobody else does. */
class AddRelayUse1793000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relay ADD COLUMN in_use_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relay DROP COLUMN in_use_at');
  }
}

/** Where the log lay when it was last known to have everything that was published. */
class AddWholeIn1794000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relay ADD COLUMN whole_in text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relay DROP COLUMN whole_in');
  }
}

/** The tables of a relay. They live in the database whose log it publishes. */
export const relayMigrations: readonly Migration[] = [
  CreateRelay1791000000200,
  AddRelayUse1793000000000,
  AddWholeIn1794000000100,
];
