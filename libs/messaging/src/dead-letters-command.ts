import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Database } from '@cofactor/event-store';
import type { ConsumerDatabase } from './consumer-database';
import { DeadLetterRefused, DeadLetters, type DeadLetter } from './dead-letters';
import { sqlState } from './failures';
import { heldFacts, type HeldFact } from './kafka/held-facts';
import { UnreadableLetters, type UnreadableLetter } from './unreadable-messages';

const usage = `Facts that a service could not take in are put aside; later facts of their stream wait behind them.
Messages that no fact could be read from are passed over; to retry one is to read its partition again from there.
Facts that are too large for Kafka are listed without an ID: they go out when their topic allows larger messages.
  npm run dead-letters -- list
  npm run dead-letters -- retry ID
  npm run dead-letters -- discard ID --reason "why it is given up"`;

type Databases = Readonly<Record<string, { readonly url: string }>>;

const isDatabases = (value: unknown): value is Databases =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every(
    (entry: unknown) => typeof entry === 'object' && entry !== null && 'url' in entry && typeof entry.url === 'string',
  );

/** Said to the operator as it is. */
class CommandRefused extends Error {}

/** Where the databases are: named by a running installation in its COFACTOR_HOME, or the one at a DATABASE_URL. */
export type DeadLetterPlaces = { readonly home: string } | { readonly databaseUrl: string };

/**
 * Lists, retries or discards what services have put aside: those of an installation that is running, whose
 * run/databases.json names the databases while it runs, or that of one database. An ID is `<service>:<number>` of a
 * fact, `<service>:m<number>` of a message. Answers the exit code.
 */
export async function runDeadLettersCommand(
  words: readonly string[],
  places: DeadLetterPlaces,
  write: (line: string) => void,
): Promise<0 | 1> {
  try {
    await run(words, places, write);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandRefused || error instanceof DeadLetterRefused)) throw error;
    write(error.message);
    return 1;
  }
}

const notRunning = (home: string): string =>
  `Cofactor is not running in ${home}. Start it with npm start (COFACTOR_HOME names another folder), then try again.`;

async function run(words: readonly string[], places: DeadLetterPlaces, write: (line: string) => void): Promise<void> {
  const { command, id, reason } = parse(words);
  const databases = 'databaseUrl' in places ? only(places.databaseUrl) : await readDatabases(places.home);
  if (command === 'list') {
    const lines = await Promise.all(Object.entries(databases).map(([service, { url }]) => list(service, url)));
    const all = lines.flat();
    return (all.length > 0 ? all : ['No fact is put aside.']).forEach(write);
  }
  const [, service = '', kind = '', number = ''] = /^([a-z][a-z0-9_-]*):(m?)(\d+)$/.exec(id) ?? [];
  const database = databases[service];
  if (!database) throw new CommandRefused(`${id || 'that'} is no ID; npm run dead-letters -- list shows them.`);
  await withDatabase(service, database.url, (open) => {
    const letters = kind === 'm' ? new UnreadableLetters(open) : new DeadLetters(open);
    return command === 'retry' ? letters.retry(number) : letters.discard(number, reason);
  });
  if (command === 'retry') write(`${id} is tried again now.`);
  else write(kind === 'm' ? `${id} is discarded.` : `${id} is discarded; its stream goes on.`);
}

/** One database is called by its name. */
function only(url: string): Databases {
  if (!URL.canParse(url)) throw new CommandRefused('DATABASE_URL is no postgres://role:password@host:port/database');
  return { [new URL(url).pathname.slice(1)]: { url } };
}

function parse(words: readonly string[]): { command: 'list' | 'retry' | 'discard'; id: string; reason: string } {
  try {
    const options = { reason: { type: 'string', default: '' } } as const;
    const { positionals, values } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [command, id = '', ...others] = positionals;
    if (others.length === 0 && (command === 'retry' || command === 'discard' || (command === 'list' && id === ''))) {
      return { command, id, reason: values.reason };
    }
  } catch {
    // What parseArgs cannot read is answered like any other call that fits no usage.
  }
  throw new CommandRefused(usage);
}

async function readDatabases(home: string): Promise<Databases> {
  try {
    const databases: unknown = JSON.parse(await readFile(join(home, 'run', 'databases.json'), 'utf8'));
    if (isDatabases(databases)) return databases;
  } catch {
    // No file, or one that is half written: the same to the operator.
  }
  throw new CommandRefused(notRunning(home));
}

async function withDatabase<Result>(
  service: string,
  url: string,
  work: (database: ConsumerDatabase) => Promise<Result>,
): Promise<Result> {
  const options = { name: `dead letters of ${service}`, url, poolSize: 1 };
  const database = await Database.open(options).catch(() => {
    throw new CommandRefused(`The database of ${service} cannot be reached. Is Cofactor running?`);
  });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

function list(service: string, url: string): Promise<string[]> {
  return withDatabase(service, url, async (database) => [
    ...(await ifThere(new DeadLetters(database).list())).map((letter) => describeFact(service, letter)),
    ...(await ifThere(new UnreadableLetters(database).list())).map((letter) => describeMessage(service, letter)),
    ...(await ifThere(heldFacts(database))).map((fact) => describeHeld(service, fact)),
  ]);
}

/** Not every service takes facts in, and not every one publishes some: a table that is missing holds nothing. */
async function ifThere<Row>(rows: Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await rows;
  } catch (error) {
    const undefinedTable = '42P01';
    if (sqlState(error) === undefinedTable) return [];
    throw error;
  }
}

function describeFact(service: string, letter: DeadLetter): string {
  const { id, state, stream, version, type, source, attempts, error, nextAttemptAt, discardReason } = letter;
  const what = `${service}:${id}  ${state}  ${type} of ${source}, ${stream}@${version}`;
  const details = {
    retrying: `failed ${attempts} times, next try ${nextAttemptAt}: ${error}`,
    waiting: 'behind an earlier fact of its stream',
    dead: `failed ${attempts} times: ${error}`,
    discarded: `given up: ${discardReason}`,
  };
  return `${what}  ${details[state]}`;
}

function describeMessage(service: string, letter: UnreadableLetter): string {
  const { id, state, topic, partition, offset, size, source, error, discardReason } = letter;
  const what = `${service}:m${id}  ${state}  message of ${source}, ${topic} partition ${partition} offset ${offset}`;
  const details = {
    retrying: 'its partition is read again from there',
    dead: `${size} bytes: ${error}`,
    discarded: `given up: ${discardReason}`,
  };
  return `${what}  ${details[state]}`;
}

function describeHeld(service: string, { topic, position, stream, state, nextAttemptAt }: HeldFact): string {
  const details = {
    held: `too large for Kafka until the topic allows larger messages (max.message.bytes), next try ${nextAttemptAt}`,
    waiting: 'behind an earlier fact of its stream',
  };
  return `${service}  ${state}  fact of ${stream} at position ${position}, not yet in ${topic}  ${details[state]}`;
}
