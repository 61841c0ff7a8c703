import { grantToApplication, type Migration, type Sql } from '@cofactor/event-store';
import { VaultMarks } from '@cofactor/secret-vault';
import { ConfigurationError, describeError, type Closing, type Logger } from '@cofactor/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateVaultMark1794000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE vault_mark (
        epoch bigint NOT NULL DEFAULT 1,
        promised bigint NOT NULL DEFAULT 0,
        kept bigint NOT NULL DEFAULT 0 CHECK (kept <= promised)
      )`);
    await runner.query('INSERT INTO vault_mark DEFAULT VALUES');
    await grantToApplication(runner, 'SELECT, UPDATE', 'vault_mark');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE vault_mark');
  }
}

/** What the database of a service has in the services topology, beside the tables of its module. */
export const hostMigrations: readonly Migration[] = [CreateVaultMark1794000000000];

/** Milliseconds between marks: what is older than the last one is recognised. */
const markEvery = 20_000;

export interface MarkedDatabases {
  readonly service: string;
  /** Whether it has a log: then what it lost may have destroyed something; without one, Kafka brings it again. */
  readonly hasLog: boolean;
  readonly database: Sql;
  readonly vault: Sql;
}

/** The database of a service, or the vault, came back from a backup without the other. The message says what to do. */
export class RestoredAlone extends ConfigurationError {}

/**
 * Leaves a larger mark in the vault than the last one, and notes it in the own database (docs/adr/0010). The own
 * database promises a mark before the vault has it, and notes it as kept after. So, with any number of replicas and
 * whenever they die, a vault with less than what was kept is older than the own database, and one with more than was
 * promised is newer: RestoredAlone is thrown, and nothing is left. Of a database without a log it answers that instead.
 */
export async function renewMark({
  service,
  hasLog,
  database,
  vault,
}: MarkedDatabases): Promise<'agree' | 'catching up'> {
  const marks = new VaultMarks(vault, service);
  const { epoch, kept } = await own(database);
  const found = await marks.read();
  const isSameEpoch = found.epoch === epoch;
  if (found.epoch < epoch || (isSameEpoch && found.last < kept)) {
    throw restoredAlone('VAULT_DATABASE_URL: the vault', `the database of ${service}`);
  }
  // After the vault: whatever mark was there had been promised by then.
  const isBehind = isSameEpoch && found.last > (await own(database)).promised;
  if (isBehind && hasLog) throw restoredAlone(`DATABASE_URL: the database of ${service}`, 'the vault');
  const mark = await promise(database, found.last);
  await marks.leave(mark);
  await database.query(
    `UPDATE vault_mark SET epoch = $1, kept = CASE WHEN epoch = $1 THEN greatest(kept, $2) ELSE $2 END`,
    [found.epoch, mark],
  );
  return isBehind ? 'catching up' : 'agree';
}

interface OwnMark {
  readonly epoch: number;
  readonly promised: number;
  readonly kept: number;
}

const missing = (): Error => new Error('vault_mark is empty: the database is not migrated');

async function own(database: Sql): Promise<OwnMark> {
  const [row] = await database.query<OwnMark>('SELECT epoch, promised, kept FROM vault_mark');
  if (!row) throw missing();
  return row;
}

/** A mark that is larger than every one before, and than `last`. */
async function promise(database: Sql, last: number): Promise<number> {
  const [row] = await database.query<Pick<OwnMark, 'promised'>>(
    'UPDATE vault_mark SET promised = greatest(promised, $1::bigint) + 1 RETURNING promised',
    [last],
  );
  if (!row) throw missing();
  return row.promised;
}

const restoredAlone = (older: string, newer: string): RestoredAlone =>
  new RestoredAlone(
    `${older} is older than ${newer} knows it, so a backup was brought back. Stop all services and run "npm run after-restore" first`,
  );

/**
 * Renews the mark now, which throws as it says, and every 20 s from then on: `onRestored` hears of a vault that was
 * exchanged under a service that runs; nothing must be served then. A database that is away is not its business.
 */
export async function keepMark(
  databases: MarkedDatabases,
  onRestored: (error: RestoredAlone) => void,
  logger: Logger,
  closings: Closing[],
): Promise<void> {
  const renew = async (): Promise<void> => {
    if ((await renewMark(databases)) === 'catching up') logger.error({}, catchingUp);
  };
  await renew();
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = renew().catch((error: unknown) => {
      if (error instanceof RestoredAlone) onRestored(error);
      else logger.warn(describeError(error), 'the mark in the vault cannot be renewed now');
    });
  }, markEvery);
  closings.push(async () => {
    clearInterval(timer);
    await running;
  });
}

const catchingUp =
  'the database is older than the vault knows it, so a backup was brought back: it takes in again what Kafka has since; records of that time may be numbered otherwise than before';
