import { ConfigurationError } from '@cofactor/service-kit';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { serviceDatabases } from './database-roles';
import { writePrivately } from './keys';
import type { LocalDatabases } from './local-databases';

/** The data folder, made where it is missing. */
export async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true }).catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`COFACTOR_HOME: the folder cannot be made (${code}); name one that can.`);
  });
}

/** Where the running databases are, for the commands of operators on this machine; gone when they stop. */
export async function announceDatabases(
  home: string,
  { urlOf }: Pick<LocalDatabases, 'urlOf'>,
): Promise<() => Promise<void>> {
  const entries = serviceDatabases.map((name) => [
    name.replaceAll('_', '-'),
    { url: urlOf(name, name), vaultUrl: urlOf('vault', name), ownerUrl: urlOf(name, 'owner') },
  ]);
  return announce(home, 'databases', Object.fromEntries(entries));
}

/** Writes `run/<name>.json`, for the commands of operators on this machine; the answer takes it away. */
export async function announce(home: string, name: string, content: unknown): Promise<() => Promise<void>> {
  const folder = join(home, 'run');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.json`);
  await writePrivately(path, JSON.stringify(content));
  return () => rm(path, { force: true });
}
