import 'reflect-metadata';
import { memoryFloodControl, startGateway } from '@cofactor/gateway';
import { EmbeddedPostgresError } from '@cofactor/embedded-postgres';
import { KeyFileRefused } from '@cofactor/secret-vault';
import { ConfigurationError, createLogger } from '@cofactor/service-kit';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSettings } from './config';
import { openDatabases, serviceDatabases } from './databases';
import { announceDatabases, openKeys } from './home';
import { startServices } from './services';

/** Milliseconds that a shutdown may take before the process ends all the same. */
const longestShutdown = 10_000;

type Closing = () => Promise<unknown>;

/** Starts the whole of Cofactor in this process; what was opened is closed in the opposite order. */
async function start(closings: Closing[]): Promise<string> {
  const settings = readSettings(process.env);
  const home = settings.COFACTOR_HOME;
  const logger = createLogger('gateway', settings.COFACTOR_LOG_LEVEL);
  await makeHome(home);
  const keys = await openKeys(home);
  const databases = await openDatabases(home, keys.databasePasswords, logger);
  closings.push(() => databases.close());
  const urls = serviceDatabases.map((name) => [name.replaceAll('_', '-'), databases.urlOf(name, name)] as const);
  closings.push(await announceDatabases(home, Object.fromEntries(urls)));
  const origin = settings.COFACTOR_ORIGINS?.[0] ?? `http://localhost:${settings.PORT}`;
  const services = await startServices(settings, databases, keys, origin);
  closings.push(() => services.close());
  const pages = join(dirname(require.resolve('@cofactor/web/package.json')), 'dist');
  const floodControl = memoryFloodControl(settings.COFACTOR_FLOOD_LIMIT);
  const gateway = await startGateway(services, settings, floodControl, pages, logger);
  closings.push(() => gateway.close());
  return `http://localhost:${gateway.port}`;
}

async function stop(closings: Closing[], code: number): Promise<never> {
  setTimeout(() => process.exit(1), longestShutdown).unref();
  for (const close of closings.reverse()) {
    await close().catch((error: unknown) => {
      process.stderr.write(`While stopping: ${error instanceof Error ? error.message : 'an unknown error'}\n`);
    });
  }
  return process.exit(code);
}

/** What the system says of a port that cannot be opened. */
const ofPort: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The port is already in use. Stop the other program, or set PORT to another number.',
  EACCES: 'PORT: this account may not open it. Take a number above 1023.',
  EADDRNOTAVAIL: 'COFACTOR_LISTEN: this machine has no such address.',
  ENOTFOUND: 'COFACTOR_LISTEN: this machine has no such address.',
};

/** One sentence where we know what is wrong; the stack, which holds no data, where we do not. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'Cofactor could not start.';
  const isKnown = [ConfigurationError, EmbeddedPostgresError, KeyFileRefused].some((known) => error instanceof known);
  if (isKnown) return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1).replace(/[.]$/, '')}.`;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isOfPort = syscall === 'listen' || syscall === 'getaddrinfo';
  return (isOfPort ? ofPort[code ?? ''] : undefined) ?? error.stack ?? error.message;
}

/** The data folder, made where it is missing. */
async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true }).catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`COFACTOR_HOME: the folder cannot be made (${code}); name one that can.`);
  });
}

function main(): void {
  const closings: Closing[] = [];
  let stopping = false;
  const stopOnce = (code: number) => {
    if (stopping) return;
    stopping = true;
    void stop(closings, code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopOnce(0));
  start(closings).then(
    (address) => process.stdout.write(`Cofactor is ready at ${address}\n`),
    (error: unknown) => {
      process.stderr.write(`${explain(error)}\n`);
      stopOnce(1);
    },
  );
}

main();
