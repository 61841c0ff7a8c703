/*
 * Makes the roles and databases that are missing, and gives each role the password that it is told: run it again to
 * change a password. Each database is open to its own application role alone, the vault to those of the five services;
 * all belong to `owner`, under which no service runs (DESIGN §4). Tables come by the migrations.
 *
 * PROVISIONING_DATABASE_URL names a superuser; OWNER_PASSWORD, IDENTITY_PASSWORD, … the passwords. Each may come as
 * NAME_FILE, a path whose content is the value.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { withFiles } = require('@cofactor/service-kit');
const { Client } = require('pg');

const services = ['identity', 'factor_enrollment', 'challenge', 'notification', 'audit'];
const environment = withFiles(process.env);

function settingOf(name) {
  const value = environment[name];
  if (value) return value;
  console.error(`${name}: is missing; give it, or ${name}_FILE.`);
  process.exit(1);
}

const url = settingOf('PROVISIONING_DATABASE_URL');
const passwords = new Map(['owner', ...services].map((role) => [role, settingOf(`${role.toUpperCase()}_PASSWORD`)]));

const client = new Client({ connectionString: url });
try {
  await client.connect();
  for (const [role, password] of passwords) await provideRole(role, password);
  for (const database of services) await provideDatabase(database, [database]);
  await provideDatabase('vault', services);
  console.log('The roles and databases are there.');
} catch (error) {
  // Its message could hold a password, its code cannot.
  console.error(`The database server refused it (${error.code ?? error.name}).`);
  process.exitCode = 1;
} finally {
  await client.end();
}

async function provideRole(role, password) {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`);
  await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
}

async function provideDatabase(database, mayConnect) {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${database} OWNER owner`);
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${mayConnect.join(', ')}`);
}
