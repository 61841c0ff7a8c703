import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SYSTEM_FOLDER } from './binaries';
import { CLUSTER } from './data-folder';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { canTraverse, type ServerAccount } from './server-account';

const LOCATION_NOTE = 'postgres-location';

/**
 * Where the cluster of this home lies: in the home, or, when the account that runs the server cannot traverse the home,
 * in SYSTEM_FOLDER; a note in the home then says where. The home itself is made when absent and otherwise left as it is:
 * the keys in it stay closed to the server's account. A home without a note is a new one, also where an earlier home at
 * the same path was deleted: its data could not be opened without its keys, so they are named in the log and left alone.
 */
export function locateCluster(home: string, account: ServerAccount | undefined, log: (line: string) => void): string {
  mkdirSync(home, { recursive: true });
  // One cluster has one name, whichever links lead to it: the lock is recognised by it.
  const folder = realpathSync(home);
  const note = join(folder, LOCATION_NOTE);
  if (existsSync(note)) return readFileSync(note, 'utf8').trim();
  const inHome = join(folder, CLUSTER);
  if (canTraverse(account, folder)) return inHome;
  if (existsSync(inHome)) {
    throw new EmbeddedPostgresError(
      `The account that runs PostgreSQL can no longer reach ${inHome}: allow it to pass through the folders above it (chmod o+x).`,
    );
  }
  return placeElsewhere(folder, note, log);
}

function placeElsewhere(home: string, note: string, log: (line: string) => void): string {
  const ofThisPath = createHash('sha256').update(home).digest('hex').slice(0, 16);
  mkdirSync(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
  for (const earlier of readdirSync(SYSTEM_FOLDER).filter((name) => name.startsWith(ofThisPath))) {
    log(`Data of a deleted ${home} remain in ${join(SYSTEM_FOLDER, earlier)}: remove them if nobody needs them.`);
  }
  const elsewhere = join(SYSTEM_FOLDER, `${ofThisPath}-${randomUUID()}`);
  mkdirSync(elsewhere, { mode: 0o755 });
  const cluster = join(elsewhere, CLUSTER);
  // Whole or absent, as the cluster itself.
  writeFileSync(`${note}.new`, `${cluster}\n`);
  renameSync(`${note}.new`, note);
  return cluster;
}
