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
  await mkdir(home, { recursive: true });
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

/** One sentence where we know what is wrong; the stack, which holds no data, where we do not. */
function explain(error: unknown): string {
  if (
    [ConfigurationError, EmbeddedPostgresError, KeyFileRefused].some((known) => error instanceof known) &&
    error instanceof Error
  )
    return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return 'The port is already in use. Stop the other program, or set PORT to another number.';
  }
  return error instanceof Error ? (error.stack ?? error.message) : 'Cofactor could not start.';
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
