import { ConfigurationError, readConfiguration, withFiles } from '@cofactor/service-kit';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const missing = 'is missing beside the others; set all three, or none for Cofactor as it runs here';
const settings = z.object({
  DATABASE_URL: z.string(missing),
  VAULT_DATABASE_URL: z.string(missing),
  COFACTOR_VAULT_KEYS: z.string(missing),
});
const announced = z.object({ identity: z.looseObject({ url: z.string(), vaultUrl: z.string() }) });

/** What identity's commands at the machine work on. */
export interface Places {
  readonly databaseUrl: string;
  readonly vaultUrl: string;
  readonly vaultKeys: string;
}

/**
 * What identity runs on: by its own variables, or that of the installation which runs on this machine (COFACTOR_HOME).
 * Throws ConfigurationError where there is neither.
 */
export async function placesOf(environment: Environment): Promise<Places> {
  const given = withFiles(environment);
  const names = Object.keys(settings.shape);
  if (names.some((name) => given[name] !== undefined)) {
    const read = readConfiguration(settings, given);
    const { DATABASE_URL: databaseUrl, VAULT_DATABASE_URL: vaultUrl, COFACTOR_VAULT_KEYS: vaultKeys } = read;
    return { databaseUrl, vaultUrl, vaultKeys };
  }
  const home = resolve(environment['COFACTOR_HOME'] ?? '.cofactor');
  const text = await readFile(join(home, 'run', 'databases.json'), 'utf8').catch(() => null);
  if (text === null) {
    throw new ConfigurationError(
      `Cofactor is not running in ${home}; start it (COFACTOR_HOME names another folder), or set ${names.join(', ')}`,
    );
  }
  const { identity } = announced.parse(JSON.parse(text));
  return { databaseUrl: identity.url, vaultUrl: identity.vaultUrl, vaultKeys: join(home, 'keys', 'master.json') };
}
