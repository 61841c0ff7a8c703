import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Rows that are committed together with identity's events and decided from: who belongs where, which address is
 * taken (only its blind index), which tokens open what (only their hashes).
 */
export class CreateDirectory1763800002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organisations (
        organisation_id text PRIMARY KEY,
        name text NOT NULL,
        policy jsonb NOT NULL,
        policy_version integer NOT NULL
      );
      CREATE TABLE people (
        person_id text PRIMARY KEY,
        email_hint text NOT NULL,
        sealed_name text NOT NULL
      );
      CREATE TABLE email_claims (
        email_index text CONSTRAINT email_claims_pkey PRIMARY KEY,
        person_id text NOT NULL REFERENCES people
      );
      CREATE INDEX email_claims_by_person ON email_claims (person_id);
      CREATE TABLE memberships (
        person_id text NOT NULL REFERENCES people,
        organisation_id text NOT NULL REFERENCES organisations,
        roles text[] NOT NULL,
        PRIMARY KEY (person_id, organisation_id)
      );
      CREATE INDEX memberships_by_organisation ON memberships (organisation_id, person_id);
      CREATE TABLE open_sign_ins (
        token_hash bytea PRIMARY KEY,
        sign_in_id text NOT NULL UNIQUE,
        person_id text NOT NULL,
        started_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        second_factor_proven boolean NOT NULL DEFAULT false
      );
      CREATE TABLE sessions (
        session_id text PRIMARY KEY,
        token_hash bytea NOT NULL CONSTRAINT sessions_token UNIQUE,
        person_id text NOT NULL,
        level text NOT NULL,
        amr text[] NOT NULL,
        authenticated_at timestamptz NOT NULL,
        password_proven_at timestamptz NOT NULL,
        started_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        idle_seconds integer NOT NULL,
        last_seen_at timestamptz NOT NULL,
        sealed_source text NOT NULL
      );
      CREATE INDEX sessions_by_person ON sessions (person_id);`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE', 'organisations');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'people');
    await grantToApplication(runner, 'SELECT, INSERT, DELETE', 'email_claims');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'memberships');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'open_sign_ins');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'sessions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sessions, open_sign_ins, memberships, email_claims, people, organisations');
  }
}
