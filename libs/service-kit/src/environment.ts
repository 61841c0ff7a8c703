import { readFileSync } from 'node:fs';
import { ConfigurationError } from './configuration';

const ofFile = '_FILE';

/**
 * The environment, with each `NAME_FILE` read as `NAME` from that file: orchestrators hand out secrets as files. A line
 * end at its end is not part of the value. Throws ConfigurationError for a file that cannot be read, or both at once.
 */
export function withFiles(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const read: Record<string, string | undefined> = { ...environment };
  for (const [variable, path] of Object.entries(environment)) {
    if (!variable.endsWith(ofFile) || path === undefined || path === '') continue;
    const name = variable.slice(0, -ofFile.length);
    if (environment[name] !== undefined) throw new ConfigurationError(`${variable}: ${name} is set as well; keep one.`);
    try {
      read[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new ConfigurationError(`${variable}: the file cannot be read (${code}).`);
    }
  }
  return read;
}
