import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grantToApplication } from '../migrate';

/**
 * The epochs of the log: each begins behind a position, the first at 0, another at every restore (DESIGN §6.12). The
 * epoch of an event follows from its position, so appending knows nothing of them.
 */
export class CreateLogEpochs1792000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_epochs (
        epoch bigint PRIMARY KEY,
        after_position bigint NOT NULL,
        began_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('INSERT INTO log_epochs (epoch, after_position) VALUES (1, 0)');
    await grantToApplication(runner, 'SELECT', 'log_epochs');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('facts of another epoch may be published already'));
  }
}
