import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What decisions under a practice's own rules rest on: which second factors a sign-in has shown; who last changed the
 * rules; whom the operator asks for a second factor; and by which keyed hash the name in an address is compared with
 * those of shared accounts (null where it is not made yet).
 */
export class AddSignInRules1791000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE open_sign_ins ADD COLUMN proven_factors text[] NOT NULL DEFAULT '{}';
      ALTER TABLE organisations ADD COLUMN policy_changed_at timestamptz, ADD COLUMN policy_changed_by text;
      ALTER TABLE people ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false,
                         ADD COLUMN name_index text;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE open_sign_ins DROP COLUMN proven_factors;
      ALTER TABLE organisations DROP COLUMN policy_changed_at, DROP COLUMN policy_changed_by;
      ALTER TABLE people DROP COLUMN second_factor_required, DROP COLUMN name_index;`);
  }
}
