import { ConfigurationError, withFiles } from '@cofactor/service-kit';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const announced = z.record(z.string(), z.looseObject({ ownerUrl: z.string() }));

/**
 * The database of a service under the role that owns its tables: MIGRATIONS_DATABASE_URL, or that of the installation
 * which runs on this machine (COFACTOR_HOME). Throws ConfigurationError where there is neither.
 */
export async function ownerUrlOf(
  service: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { MIGRATIONS_DATABASE_URL: url, COFACTOR_HOME: home = '.cofactor' } = withFiles(environment);
  if (url !== undefined) return url;
  const path = join(resolve(home), 'run', 'databases.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  const found = text === null ? undefined : announced.parse(JSON.parse(text))[service];
  if (!found) {
    throw new ConfigurationError(
      `Set MIGRATIONS_DATABASE_URL to the database of ${service} under the role that owns its tables; or start Cofactor here first.`,
    );
  }
  return found.ownerUrl;
}
