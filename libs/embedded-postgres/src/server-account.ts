import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error';

/** The system account that the server runs as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. As root this answers the owner of an existing data folder, else `nobody`;
 * for everyone else `undefined`: the server runs as the person who starts it.
 */
export function serverAccount(dataDirectory: string | undefined): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = dataDirectory === undefined ? undefined : statSync(dataDirectory, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return nobody();
}

function nobody(): ServerAccount {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (entry === undefined) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root and there is no account "nobody": start Cofactor as an ordinary user.',
    );
  }
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/** Whether the account can reach the path: search permission on each folder above it, and read permission on itself. */
export function canReach(account: ServerAccount | undefined, path: string): boolean {
  if (account === undefined) return true;
  if (!permits(account, path, 4)) return false;
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (!permits(account, folder, 1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Whether the account may make its way into the folder and through it. */
export function canTraverse(account: ServerAccount | undefined, folder: string): boolean {
  if (account === undefined) return true;
  const path = resolve(folder);
  return permits(account, path, 1) && (path === dirname(path) || canTraverse(account, dirname(path)));
}

function permits(account: ServerAccount, path: string, permission: 1 | 4): boolean {
  const { uid, gid, mode } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & permission) !== 0;
}
