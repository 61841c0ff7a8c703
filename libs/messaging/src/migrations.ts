import { grantToApplication, type Migration } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateInbox1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consumer_offsets (
        consumer text NOT NULL,
        source text NOT NULL,
        position bigint NOT NULL DEFAULT 0,
        furthest bigint NOT NULL DEFAULT 0 CHECK (furthest >= position),
        PRIMARY KEY (consumer, source)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE inbox (
        consumer text NOT NULL,
        source text NOT NULL,
        stream text NOT NULL,
        version integer NOT NULL,
        PRIMARY KEY (stream, source, consumer)
      ) WITH (fillfactor = 80)`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE', 'consumer_offsets');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE', 'inbox');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox, consumer_offsets');
  }
}

class CreateDeadLetters1790000000101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dead_letters (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer text NOT NULL,
        source text NOT NULL,
        stream text NOT NULL,
        version integer NOT NULL,
        fact jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('retrying', 'waiting', 'dead', 'discarded')),
        attempts integer NOT NULL,
        next_attempt_at timestamptz,
        error_name text,
        error_code text,
        error_message text,
        discard_reason text,
        put_aside_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (consumer, source, stream, version)
      )`);
    await runner.query(`
      CREATE INDEX dead_letters_due ON dead_letters (consumer, source, next_attempt_at) WHERE state = 'retrying'`);
    await runner.query(`
      CREATE INDEX dead_letters_open ON dead_letters (consumer, source) WHERE state <> 'discarded'`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'dead_letters');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letters');
  }
}

class FollowPartitions1791000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE consumer_offsets ADD COLUMN generation bigint NOT NULL DEFAULT 1');
    await runner.query(`
      CREATE TABLE unreadable_messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer text NOT NULL,
        source text NOT NULL,
        log text NOT NULL,
        position bigint NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        message_offset bigint NOT NULL,
        size bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('retrying', 'dead', 'discarded')),
        attempts integer NOT NULL,
        error text NOT NULL,
        discard_reason text,
        put_aside_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (consumer, log, position)
      )`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'unreadable_messages');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unreadable_messages');
    await runner.query('ALTER TABLE consumer_offsets DROP COLUMN generation');
  }
}

class NameEpochs1792000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox ADD COLUMN epoch bigint NOT NULL DEFAULT 1');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox DROP COLUMN epoch');
  }
}

/** The tables of a consumer: offsets, inbox, dead letters. They live in its own database. */
export const messagingMigrations: readonly Migration[] = [
  CreateInbox1790000000100,
  CreateDeadLetters1790000000101,
  FollowPartitions1791000000100,
  NameEpochs1792000000100,
];
