import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { locateCluster } from './cluster-location';
import { CLUSTER } from './data-folder';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { makeWay } from './previous-server';
import { serverAccount, type ServerAccount } from './server-account';

/**
 * Copies the cluster of a home, which must have been shut down properly, into a folder that is made: all databases as
 * they were at one instant. Throws EmbeddedPostgresError where it runs, or is none.
 */
export async function copyOutCluster(home: string, folder: string): Promise<void> {
  const cluster = locateCluster(home, serverAccount(undefined), () => undefined);
  if (!existsSync(cluster)) throw new EmbeddedPostgresError(`There are no data in ${home}.`);
  await makeWay(cluster);
  if (existsSync(join(cluster, 'postmaster.pid'))) {
    throw new EmbeddedPostgresError('The databases were not shut down properly: start Cofactor, stop it, try again.');
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFolder(cluster, join(folder, CLUSTER), undefined);
}

/** A copy of a cluster beside that of a home, which is not touched before the copy takes over. */
export interface ClusterCopy {
  /** To be started as the home of the copy. */
  readonly home: string;
  /** Puts the copy, shut down, in the place of the home's cluster; answers where that lies now, null where there was none. */
  takeOver(): string | null;
  /** Removes what has not taken over. */
  discard(): void;
}

/** Brings a cluster in from where copyOutCluster put it. Throws EmbeddedPostgresError while that of the home runs. */
export async function copyInCluster(home: string, folder: string): Promise<ClusterCopy> {
  const source = join(folder, CLUSTER);
  if (!existsSync(join(source, 'PG_VERSION'))) {
    throw new EmbeddedPostgresError(`There is no backup of ${CLUSTER} in ${folder}.`);
  }
  const cluster = locateCluster(home, serverAccount(undefined), () => undefined);
  if (existsSync(cluster)) await makeWay(cluster);
  const scratch = join(dirname(cluster), 'restoring');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { mode: 0o755 });
  copyFolder(source, join(scratch, CLUSTER), serverAccount(cluster));
  return {
    home: scratch,
    takeOver: () => {
      const replaced = existsSync(cluster) ? `${cluster}.replaced-${Date.now()}` : null;
      if (replaced !== null) renameSync(cluster, replaced);
      renameSync(join(scratch, CLUSTER), cluster);
      sync(dirname(cluster));
      return replaced;
    },
    discard: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/** Every file on the disk before it is answered, and each for the server's account alone. */
function copyFolder(source: string, target: string, owner: ServerAccount | undefined): void {
  cpSync(source, target, { recursive: true, errorOnExist: true, force: false });
  chmodSync(target, 0o700);
  settle(target, owner);
}

function settle(path: string, owner: ServerAccount | undefined): void {
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) {
      settle(below, owner);
      continue;
    }
    if (owner !== undefined) chownSync(below, owner.uid, owner.gid);
    sync(below);
  }
  sync(path);
}

function sync(path: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
