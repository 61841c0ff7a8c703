import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the services leave in the vault to find out that it, or their own database, came back from a backup alone
 * (docs/adr/0010). Each role has marks of its own, so that a service that was taken over moves nobody else's.
 */
export class CreateMarks1794000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE vault_epoch (epoch bigint PRIMARY KEY)');
    await runner.query('INSERT INTO vault_epoch (epoch) VALUES (1)');
    await runner.query(`
      CREATE TABLE mark (
        role name NOT NULL DEFAULT current_user,
        service text NOT NULL,
        last bigint NOT NULL,
        PRIMARY KEY (role, service)
      )`);
    await runner.query('ALTER TABLE mark ENABLE ROW LEVEL SECURITY');
    await runner.query('CREATE POLICY own_marks ON mark USING (role = current_user)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mark, vault_epoch');
  }
}
