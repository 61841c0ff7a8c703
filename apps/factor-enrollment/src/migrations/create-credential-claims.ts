import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who holds what one person alone may hold, by its keyed hash: written and taken away in the commit of the fact. */
export class CreateCredentialClaims1792000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credential_claims (
        blind_index text CONSTRAINT credential_claims_pkey PRIMARY KEY,
        credential_id text NOT NULL,
        person_id text NOT NULL
      );
      CREATE INDEX credential_claims_by_credential ON credential_claims (credential_id);`);
    await grantToApplication(runner, 'SELECT, INSERT, DELETE', 'credential_claims');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE credential_claims');
  }
}
