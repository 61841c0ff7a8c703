import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who runs the installation: written in the commit of `operator.appointed`, and decided from. */
export class CreateOperators1791000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE operators (person_id text PRIMARY KEY REFERENCES people)');
    await grantToApplication(runner, 'SELECT, INSERT', 'operators');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE operators');
  }
}
