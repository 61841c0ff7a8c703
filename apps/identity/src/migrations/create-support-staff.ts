import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who belongs to support: written in the commit of `support.appointed` and `support.dismissed`, and decided from. */
export class CreateSupportStaff1792000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE support_staff (person_id text PRIMARY KEY REFERENCES people)');
    await grantToApplication(runner, 'SELECT, INSERT, DELETE', 'support_staff');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE support_staff');
  }
}
