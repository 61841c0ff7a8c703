import { CLUSTER } from '@cofactor/embedded-postgres';
import { FileMasterKey } from '@cofactor/secret-vault';
import { generateFirstSigningKey } from '@cofactor/service-kit';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { databaseRoles, type DatabaseRole } from './database-roles';

/** The processes that sign: what they state or prove, and that it is they who call another. */
export const signers = ['gateway', 'identity', 'factor-enrollment', 'challenge', 'notification', 'audit'] as const;
export type SignerName = (typeof signers)[number];

const jwk = z.looseObject({ kty: z.string(), crv: z.string(), x: z.string(), d: z.string(), kid: z.string() });
const passwordsSchema = z.record(z.enum(databaseRoles), z.string());
const signingSchema = z.partialRecord(z.enum(signers), jwk);

export interface Keys {
  readonly master: FileMasterKey;
  readonly databasePasswords: Readonly<Record<DatabaseRole, string>>;
  readonly signing: Readonly<Record<SignerName, z.output<typeof jwk>>>;
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Writes a file that only its owner may read, whole or not at all. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

async function readOrMake<Schema extends z.ZodType>(path: string, schema: Schema, make: () => z.input<Schema>) {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (text !== null) return schema.parse(JSON.parse(text));
  const made = make();
  await writePrivately(path, `${JSON.stringify(made, null, 2)}\n`);
  return schema.parse(made);
}

/** The keys of this installation, made at the first start, each file readable by its owner alone. */
export async function openKeys(home: string): Promise<Keys> {
  const folder = join(home, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const masterPath = join(folder, 'master.json');
  const isNew =
    !existsSync(masterPath) && !existsSync(join(home, CLUSTER)) && !existsSync(join(home, 'postgres-location'));
  // Data without their key are never given a new one: the old one must come back from a backup.
  const master = isNew ? await FileMasterKey.create(masterPath) : await FileMasterKey.load(masterPath);
  const databasePasswords = await readOrMake(join(folder, 'databases.json'), passwordsSchema, () =>
    byName(databaseRoles, () => randomBytes(24).toString('base64url')),
  );
  const signing = await openSigningKeys(join(folder, 'signing.json'));
  return { master, databasePasswords, signing };
}

/** A key for each that signs; those that an earlier release did not make are added. */
async function openSigningKeys(path: string): Promise<Keys['signing']> {
  const made = await readOrMake(path, signingSchema, () => ({}));
  const complete = byName(signers, (name) => made[name] ?? jwk.parse(generateFirstSigningKey(name)));
  if (signers.some((name) => made[name] === undefined)) {
    await writePrivately(path, `${JSON.stringify(complete, null, 2)}\n`);
  }
  return complete;
}

function byName<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value): Record<Name, Value> {
  // Object.fromEntries forgets the keys; they are the names given.
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
