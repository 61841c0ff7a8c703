import 'reflect-metadata';
import { memoryFloodControl, startGateway } from '@cofactor/gateway';
import {
  announceDatabases,
  EmbeddedPostgresError,
  keepTombstones,
  makeHome,
  openKeys,
  startLocalDatabases,
} from '@cofactor/local-installation';
import { KeyFileRefused } from '@cofactor/secret-vault';
import { createLogger, runProcess, type Closing } from '@cofactor/service-kit';
import { dirname, join } from 'node:path';
import { readSettings } from './config';
import { openDatabases } from './databases';
import { startServices } from './services';

/** Starts the whole of Cofactor in this process; what was opened is closed in the opposite order. */
async function start(closings: Closing[]): Promise<string> {
  const settings = readSettings(process.env);
  const home = settings.COFACTOR_HOME;
  const logger = createLogger('gateway', settings.COFACTOR_LOG_LEVEL);
  await makeHome(home);
  const keys = await openKeys(home);
  const server = await startLocalDatabases(home, keys.databasePasswords, logger);
  closings.push(() => server.stop());
  const databases = await openDatabases(server);
  closings.push(() => databases.close());
  closings.push(await keepTombstones(home, server, logger));
  closings.push(await announceDatabases(home, server));
  const origin = settings.COFACTOR_ORIGINS?.[0] ?? `http://localhost:${settings.PORT}`;
  const services = await startServices(settings, databases, keys, origin);
  closings.push(() => services.close());
  const pages = join(dirname(require.resolve('@cofactor/web/package.json')), 'dist');
  const floodControl = memoryFloodControl(settings.COFACTOR_FLOOD_LIMIT);
  const gateway = await startGateway(services, settings, floodControl, pages, logger);
  closings.push(() => gateway.close());
  return `Cofactor is ready at http://localhost:${gateway.port}`;
}

export const run = (): void => runProcess(start, [EmbeddedPostgresError, KeyFileRefused]);
