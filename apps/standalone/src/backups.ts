import {
  afterRestore,
  backUp,
  backUpKeys,
  EmbeddedPostgresError,
  restore,
  type LocalDatabases,
} from '@cofactor/local-installation';
import { KeyFileRefused } from '@cofactor/secret-vault';
import { ConfigurationError, createLogger, readConfiguration } from '@cofactor/service-kit';
import { resolve } from 'node:path';
import { z } from 'zod';
import { migrateAll } from './databases';

export const backupUsage = `npm run backup -- FOLDER [--keys FOLDER]
npm run restore -- FOLDER [--without-tombstones]
npm run after-restore`;

const settings = z.object({ COFACTOR_HOME: z.string().min(1).default('.cofactor') });
const known = [ConfigurationError, EmbeddedPostgresError, KeyFileRefused];

interface Surroundings {
  readonly home: string;
  readonly say: (line: string) => void;
}

/**
 * The commands of `backupUsage`, for an installation on this machine, in either topology, that is stopped. Answers the
 * exit code, after one sentence.
 */
export async function runBackupCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<number> {
  try {
    const home = resolve(readConfiguration(settings, environment).COFACTOR_HOME);
    const done = await run(args, { home, say });
    if (!done) say(backupUsage);
    return done ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error && known.some((kind) => error instanceof kind))) throw error;
    say(`${error.message.replace(/[.]$/, '')}.`);
    return 1;
  }
}

async function run([command, folder, option, keys, ...rest]: readonly string[], around: Surroundings) {
  if (rest.length > 0) return false;
  if (command === 'after-restore' && folder === undefined) return prepareInPlace(around);
  if (folder === undefined) return false;
  if (command === 'backup' && option === undefined) return makeBackup(folder, null, around);
  if (command === 'backup' && option === '--keys' && keys !== undefined) return makeBackup(folder, keys, around);
  if (command !== 'restore' || keys !== undefined) return false;
  if (option !== undefined && option !== '--without-tombstones') return false;
  return bringBack(folder, option !== undefined, around);
}

async function makeBackup(folder: string, keys: string | null, { home, say }: Surroundings): Promise<true> {
  if (keys !== null) await backUpKeys({ home, folder: resolve(keys) });
  await backUp({ home, folder: resolve(folder) }, logger());
  say(`The databases are in ${folder}. Without ${keys ?? 'the keys'} nobody can read what is sealed in them.`);
  return true;
}

async function bringBack(folder: string, withoutTombstones: boolean, around: Surroundings): Promise<true> {
  const { lost, replaced } = await restore({ ...parts(around), folder: resolve(folder), withoutTombstones });
  around.say(`Restored; ${lost} facts that destroyed something since are applied again. Everybody signs in anew.`);
  if (replaced !== null) around.say(`The databases from before are in ${replaced}: remove them when all is well.`);
  return true;
}

async function prepareInPlace(around: Surroundings): Promise<true> {
  const lost = await afterRestore(parts(around));
  around.say(`Ready to start; ${lost} facts that destroyed something since the backup are applied again.`);
  return true;
}

const parts = ({ home }: Surroundings) => ({
  home,
  migrate: ({ urlOf }: LocalDatabases) => migrateAll(urlOf),
  logger: logger(),
  now: new Date(),
});

const logger = () => createLogger('backup', 'warn');
