import type { MigrationInterface, QueryRunner } from 'typeorm';

const dataKeys = (table: string): string => `
  CREATE TABLE ${table} (
    person_id text PRIMARY KEY,
    data_key_id uuid NOT NULL UNIQUE,
    wrapping_key_id text NOT NULL,
    wrapped bytea NOT NULL
  );`;

/** An entry goes with its data key; none can be added under a key that is gone. */
const underDataKey = (table: string): string => `uuid NOT NULL REFERENCES ${table} (data_key_id) ON DELETE CASCADE`;

const tables = `
  ${dataKeys('factor_secret_key')}
  CREATE TABLE factor_secret (
    credential_id text PRIMARY KEY,
    data_key_id ${underDataKey('factor_secret_key')},
    type text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'active')),
    expires_at timestamptz,
    accepted_step bigint,
    sealed bytea NOT NULL,
    CHECK ((state = 'pending') = (expires_at IS NOT NULL))
  );
  CREATE INDEX factor_secret_of_person ON factor_secret (data_key_id);
  CREATE INDEX factor_secret_pending ON factor_secret (expires_at) WHERE state = 'pending';

  ${dataKeys('contact_key')}
  CREATE TABLE contact (
    contact_id text PRIMARY KEY,
    data_key_id ${underDataKey('contact_key')},
    channel text NOT NULL CHECK (channel IN ('email', 'phone')),
    blind_index text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'active')),
    expires_at timestamptz,
    sealed_at timestamptz NOT NULL,
    sealed bytea NOT NULL,
    CHECK ((state = 'pending') = (expires_at IS NOT NULL))
  );
  CREATE INDEX contact_of_person ON contact (data_key_id);
  CREATE INDEX contact_pending ON contact (expires_at) WHERE state = 'pending';

  ${dataKeys('password_key')}
  CREATE TABLE password (
    data_key_id ${underDataKey('password_key')} PRIMARY KEY,
    sealed bytea NOT NULL
  );

  ${dataKeys('personal_field_key')}
`;

/** One table of data keys and, but for personal fields, one of entries for each kind (DESIGN §4). */
export class CreateVault1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('taking the vault back would destroy every secret in it'));
  }
}
