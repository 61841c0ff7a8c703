import { readFileSync } from 'node:fs';
import { ConfigurationError } from './configuration';
import { codeOf } from './error-code';

type Environment = Readonly<Record<string, string | undefined>>;

const ofFile = '_FILE';

/**
 * The environment, with each `NAME_FILE` read as `NAME` from that file: orchestrators hand out secrets as files. A line
 * end at its end is not part of the value. A file is read when its variable is asked for, so that such variables of
 * other programs (SSL_CERT_FILE) are none of our concern. Then a file that cannot be read, or both variables at once,
 * throws ConfigurationError.
 */
export function withFiles(environment: Environment): Environment {
  const read: Record<string, string | undefined> = { ...environment };
  for (const [variable, path] of Object.entries(environment)) {
    if (!variable.endsWith(ofFile) || variable === ofFile || path === undefined || path === '') continue;
    const name = variable.slice(0, -ofFile.length);
    Object.defineProperty(read, name, { enumerable: true, get: () => valueOf(environment, name, path) });
  }
  return read;
}

function valueOf(environment: Environment, name: string, path: string): string {
  const variable = `${name}${ofFile}`;
  if (environment[name] !== undefined) throw new ConfigurationError(`${variable}: ${name} is set as well; keep one.`);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new ConfigurationError(`${variable}: the file cannot be read (${codeOf(error) ?? 'unknown'}).`);
  }
}
