import { grantToApplication } from '@cofactor/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The sites of practices and who belongs to which; whose first password is missing, and the one link by which each may
 * choose it, of which only a keyed hash is kept. `administrator_counts` holds no truth of its own: each change of an
 * administrator counts anew there, and is refused where none would be left.
 */
export class AddPeopleAndSites1791000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sites (
        organisation_id text NOT NULL REFERENCES organisations,
        site_id text NOT NULL,
        name text NOT NULL,
        PRIMARY KEY (organisation_id, site_id)
      );
      CREATE TABLE membership_sites (
        person_id text NOT NULL,
        organisation_id text NOT NULL,
        site_id text NOT NULL,
        PRIMARY KEY (person_id, organisation_id, site_id),
        CONSTRAINT membership_sites_site FOREIGN KEY (organisation_id, site_id) REFERENCES sites
      );
      CREATE INDEX membership_sites_by_site ON membership_sites (organisation_id, site_id);
      CREATE TABLE administrator_counts (
        organisation_id text PRIMARY KEY REFERENCES organisations,
        counted integer NOT NULL CONSTRAINT an_administrator_is_left CHECK (counted > 0)
      );
      CREATE TABLE first_passwords (
        person_id text PRIMARY KEY REFERENCES people,
        link_id text NOT NULL,
        token_hash text NOT NULL UNIQUE
      );
      ALTER TABLE people ADD COLUMN first_password_missing boolean NOT NULL DEFAULT false;`);
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'sites');
    await grantToApplication(runner, 'SELECT, INSERT, DELETE', 'membership_sites');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE', 'administrator_counts');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE, DELETE', 'first_passwords');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE first_passwords, administrator_counts, membership_sites, sites;
      ALTER TABLE people DROP COLUMN first_password_missing;`);
  }
}
