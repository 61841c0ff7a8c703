import type { Fact, Service } from '@cofactor/contracts';
import { copyInCluster, copyOutCluster } from '@cofactor/embedded-postgres';
import { prepareRestored } from '@cofactor/service-host';
import { ConfigurationError, type Logger } from '@cofactor/service-kit';
import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { databaseOf } from './database-roles';
import { openKeys } from './keys';
import { startLocalDatabases, type LocalDatabases } from './local-databases';
import { hasJournal, journalOf, readTombstones } from './tombstone-journal';

export interface BackupPlaces {
  readonly home: string;
  readonly folder: string;
}

export interface RestoreParts extends BackupPlaces {
  /** Restore although it is not known what was destroyed since the backup. */
  readonly withoutTombstones: boolean;
  /** Brings tables of an earlier release up to date. */
  readonly migrate: (databases: LocalDatabases) => Promise<void>;
  readonly logger: Logger;
  readonly now: Date;
}

/** Copies all databases of an installation that is stopped; whole, or nothing under that name. The keys are not in it. */
export async function backUp({ home, folder }: BackupPlaces, logger: Logger): Promise<void> {
  refuseExisting(folder);
  refuseWithoutKeys(home);
  // Started and stopped once, so that nothing is left to be recovered.
  const databases = await startLocalDatabases(home, (await openKeys(home)).databasePasswords, logger);
  await databases.stop();
  const unfinished = `${resolve(folder)}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await copyOutCluster(home, unfinished);
  await rename(unfinished, folder);
}

/** Copies the keys of an installation to a place of their own: who has them and a backup can read everything. */
export async function backUpKeys({ home, folder }: BackupPlaces): Promise<void> {
  refuseExisting(folder);
  refuseWithoutKeys(home);
  await cp(join(home, 'keys'), folder, { recursive: true, errorOnExist: true, force: false });
}

export interface Restored {
  /** Facts that destroyed something after the backup and were committed again. */
  readonly lost: number;
  /** Where the databases lie that were there before; null for none. */
  readonly replaced: string | null;
}

/**
 * Puts the databases of a backup in the place of those of an installation that is stopped. They take that place only when
 * what was destroyed since is destroyed in them too: whenever this ends, what is there can serve.
 */
export async function restore(parts: RestoreParts): Promise<Restored> {
  const { home, folder, withoutTombstones, logger } = parts;
  refuseWithoutKeys(home);
  if (!withoutTombstones && !hasJournal(home)) {
    throw new ConfigurationError(
      `${journalOf(home)} is missing: put it back, or what was revoked since the backup comes back to life`,
    );
  }
  const copy = await copyInCluster(home, folder);
  try {
    const { databasePasswords } = await openKeys(home);
    const databases = await startLocalDatabases(copy.home, databasePasswords, logger);
    const lost = await prepare(databases, parts).finally(() => databases.stop());
    return { lost, replaced: copy.takeOver() };
  } finally {
    copy.discard();
  }
}

/** The same for databases that were put in their place by hand. */
export async function afterRestore(parts: Omit<RestoreParts, 'folder' | 'withoutTombstones'>): Promise<number> {
  refuseWithoutKeys(parts.home);
  const { databasePasswords } = await openKeys(parts.home);
  const databases = await startLocalDatabases(parts.home, databasePasswords, parts.logger);
  return prepare(databases, parts).finally(() => databases.stop());
}

async function prepare(
  databases: LocalDatabases,
  { home, migrate, now }: Pick<RestoreParts, 'home' | 'migrate' | 'now'>,
): Promise<number> {
  await migrate(databases);
  const tombstones = await readTombstones(home);
  const urlOf = (name: Service | 'vault') => databases.urlOf(name === 'vault' ? name : databaseOf[name], 'owner');
  const lost = await prepareRestored(urlOf, { ...tombstones, epoch: newestOf(tombstones.facts) }, now);
  return [...lost.values()].reduce((sum, count) => sum + count, 0);
}

const newestOf = (facts: readonly Fact[]): number => facts.reduce((newest, { epoch }) => Math.max(newest, epoch), 1);

function refuseExisting(folder: string): void {
  if (existsSync(folder)) throw new ConfigurationError(`${folder} exists: name a folder that does not`);
}

/** New keys would open nothing of the data. */
function refuseWithoutKeys(home: string): void {
  if (existsSync(join(home, 'keys', 'master.json'))) return;
  throw new ConfigurationError(`There are no keys in ${join(home, 'keys')}: put them back first`);
}
