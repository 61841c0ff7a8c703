import 'reflect-metadata';
import { memoryFloodControl, startGateway } from '@cofactor/gateway';
import { EmbeddedPostgresError } from '@cofactor/embedded-postgres';
import { KeyFileRefused } from '@cofactor/secret-vault';
import { ConfigurationError, createLogger, runProcess, type Closing } from '@cofactor/service-kit';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSettings } from './config';
import { openDatabases, serviceDatabases } from './databases';
import { announceDatabases, openKeys } from './home';
import { startServices } from './services';

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
  return `Cofactor is ready at http://localhost:${gateway.port}`;
}

/** The data folder, made where it is missing. */
async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true }).catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`COFACTOR_HOME: the folder cannot be made (${code}); name one that can.`);
  });
}

runProcess(start, [EmbeddedPostgresError, KeyFileRefused]);
