import { randomBytes } from 'node:crypto';
import { link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { keyBytes } from '../sealing';
import { KeyFileRefused } from '../vault-errors';

const keySchema = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').length === keyBytes, `Each key is ${keyBytes} bytes in base64.`);
const wrappingKeysSchema = z
  .strictObject({ current: z.string(), keys: z.record(z.string(), keySchema) })
  .refine(({ current, keys }) => Object.hasOwn(keys, current), 'The current key is not among the keys.');

/** The file of keys: a service is given one that holds only its kinds. */
const keyFileSchema = z.strictObject({
  version: z.literal(1),
  kinds: z.strictObject({
    'factor-secret': wrappingKeysSchema.optional(),
    contact: wrappingKeysSchema.optional(),
    password: wrappingKeysSchema.optional(),
    'personal-field': wrappingKeysSchema.optional(),
  }),
  blindIndexes: z.strictObject({ contact: keySchema.optional() }),
  fingerprint: keySchema,
});
export type WrappingKeys = z.infer<typeof wrappingKeysSchema>;
export type KeyFile = z.infer<typeof keyFileSchema>;

const newKey = (): string => randomBytes(keyBytes).toString('base64');
/** Begins with a letter: names of digits alone would not stay in the order in which an object was given them. */
export const newKeyId = (): string => `k${randomBytes(6).toString('base64url')}`;

function newWrappingKeys(): WrappingKeys {
  const current = newKeyId();
  return { current, keys: { [current]: newKey() } };
}

/** Keys for every kind. */
export const newKeyFile = (): KeyFile => ({
  version: 1,
  kinds: {
    'factor-secret': newWrappingKeys(),
    contact: newWrappingKeys(),
    password: newWrappingKeys(),
    'personal-field': newWrappingKeys(),
  },
  blindIndexes: { contact: newKey() },
  fingerprint: newKey(),
});

/** The same keys with one more, which is current. */
export function withNewCurrentKey({ keys }: WrappingKeys): WrappingKeys {
  const current = newKeyId();
  return { current, keys: { ...keys, [current]: newKey() } };
}

/** The same keys with one more, which wraps nothing yet; as they are where one waits already. */
export function withWaitingKey(keys: WrappingKeys): WrappingKeys {
  if (waitingKeyOf(keys) !== null) return keys;
  return { ...keys, keys: { ...keys.keys, [newKeyId()]: newKey() } };
}

/** The same keys; the one that waits is current. */
export function withWaitingKeyCurrent(keys: WrappingKeys): WrappingKeys {
  return { ...keys, current: waitingKeyOf(keys) ?? keys.current };
}

/** The newest key, which comes last, where it is not the current one; or null. */
export function waitingKeyOf({ current, keys }: WrappingKeys): string | null {
  const newest = Object.keys(keys).at(-1) ?? current;
  return newest === current ? null : newest;
}

export interface KeyFileReading {
  readonly file: KeyFile;
  /** Differs as soon as the file was replaced. */
  readonly revision: string;
}

async function revisionOf(handle: FileHandle): Promise<string> {
  const { ino, mtimeNs, size } = await handle.stat({ bigint: true });
  return `${ino}.${mtimeNs}.${size}`;
}

/**
 * Whether more accounts than this one can read the file, or change what it reads. One that is its own is for nobody
 * else; one of another owner may be handed to it through its group, as an orchestrator mounts a secret.
 */
export function isOpenToOthers(file: { readonly uid: number; readonly mode: number }, account: number): boolean {
  return (file.mode & (file.uid === account ? 0o077 : 0o027)) !== 0;
}

/** Windows has no such bits; there the folder's access list is the protection. */
async function refuseOpenToOthers(handle: FileHandle, path: string): Promise<void> {
  const account = process.getuid?.();
  if (account === undefined || !isOpenToOthers(await handle.stat(), account)) return;
  throw new KeyFileRefused(`other accounts can read the key file ${path}; run: chmod 600 '${path}'`);
}

/** Reads the file unless it is still at `known`. Throws KeyFileRefused, or the file system's error. */
export async function readKeyFile(path: string, known: string | null): Promise<KeyFileReading | null> {
  const handle = await open(path, 'r');
  try {
    await refuseOpenToOthers(handle, path);
    const revision = await revisionOf(handle);
    if (revision === known) return null;
    return { file: parseKeyFile(await handle.readFile('utf8'), path), revision };
  } finally {
    await handle.close();
  }
}

function parseKeyFile(text: string, path: string): KeyFile {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Falls through: what JSON.parse says of it could quote a key.
  }
  const parsed = keyFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') || 'its form';
  throw new KeyFileRefused(`the key file ${path} is damaged at ${where}; restore it from a backup`);
}

/** Writes beside the file and syncs, so that the name `path` only ever stands for a whole file. */
async function writeBeside(path: string, file: KeyFile): Promise<string> {
  const beside = `${path}.${newKeyId()}`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
  return beside;
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Never overwrites: a second maker gets the file system's EEXIST. */
export async function writeNewKeyFile(path: string, file: KeyFile): Promise<void> {
  const beside = await writeBeside(path, file);
  try {
    await link(beside, path);
  } finally {
    await unlink(beside);
  }
  await syncFolder(path);
}

export async function replaceKeyFile(path: string, file: KeyFile): Promise<void> {
  await rename(await writeBeside(path, file), path);
  await syncFolder(path);
}
