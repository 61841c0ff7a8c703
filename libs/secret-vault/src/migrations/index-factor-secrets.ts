import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A keyed hash of what makes two credentials the same (a number, a passkey), so that they are found unopened. */
export class IndexFactorSecrets1791000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE factor_secret ADD COLUMN blind_index text');
    await runner.query(
      'CREATE INDEX factor_secret_blind_index ON factor_secret (blind_index) WHERE blind_index IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX factor_secret_blind_index');
    await runner.query('ALTER TABLE factor_secret DROP COLUMN blind_index');
  }
}
