import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Database } from '@cofactor/event-store';
import { DeadLetterRefused, DeadLetters, type DeadLetter } from './dead-letters';
import { sqlState } from './failures';

const usage = `Facts that a service could not take in are put aside; later facts of their stream wait behind them.
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

/**
 * Lists, retries or discards the dead letters of an installation that is running: `home` is its COFACTOR_HOME, where
 * run/databases.json names the databases while it runs. An ID is `<service>:<number>`. Answers the exit code.
 */
export async function runDeadLettersCommand(
  words: readonly string[],
  home: string,
  write: (line: string) => void,
): Promise<0 | 1> {
  try {
    await run(words, home, write);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandRefused || error instanceof DeadLetterRefused)) throw error;
    write(error.message);
    return 1;
  }
}

const notRunning = (home: string): string =>
  `Cofactor is not running in ${home}. Start it with npm start (COFACTOR_HOME names another folder), then try again.`;

async function run(words: readonly string[], home: string, write: (line: string) => void): Promise<void> {
  const { command, id, reason } = parse(words);
  const databases = await readDatabases(home);
  if (command === 'list') {
    const lines = await Promise.all(Object.entries(databases).map(([service, { url }]) => list(service, url)));
    const all = lines.flat();
    return (all.length > 0 ? all : ['No fact is put aside.']).forEach(write);
  }
  const [, service = '', number = ''] = /^([a-z_-]+):(\d+)$/.exec(id) ?? [];
  const database = databases[service];
  if (!database) throw new CommandRefused(`${id || 'that'} is no ID; npm run dead-letters -- list shows them.`);
  await withLetters(service, database.url, (letters) =>
    command === 'retry' ? letters.retry(number) : letters.discard(number, reason),
  );
  write(command === 'retry' ? `${id} is tried again now.` : `${id} is discarded; its stream goes on.`);
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

async function withLetters<Result>(
  service: string,
  url: string,
  work: (letters: DeadLetters) => Promise<Result>,
): Promise<Result> {
  const options = { name: `dead letters of ${service}`, url, poolSize: 1 };
  const database = await Database.open(options).catch(() => {
    throw new CommandRefused(`The database of ${service} cannot be reached. Is Cofactor running?`);
  });
  try {
    return await work(new DeadLetters(database));
  } finally {
    await database.close();
  }
}

async function list(service: string, url: string): Promise<string[]> {
  try {
    const letters = await withLetters(service, url, (each) => each.list());
    return letters.map((letter) => describe(service, letter));
  } catch (error) {
    const undefinedTable = '42P01';
    if (sqlState(error) === undefinedTable) return [];
    throw error;
  }
}

function describe(service: string, letter: DeadLetter): string {
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
