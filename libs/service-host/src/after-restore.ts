import 'reflect-metadata';
import { ConfigurationError, createLogger, readConfiguration, runProcess, withFiles } from '@cofactor/service-kit';
import { afterRestore, afterRestoreSettings } from './restored/after-restore';

/** `node libs/service-host/dist/after-restore.js`: what production runs on restored databases (docs/operations.md). */
runProcess(async () => {
  const options = process.argv.slice(2);
  if (options.some((option) => option !== '--without-tombstones')) {
    throw new ConfigurationError('It takes nothing but --without-tombstones');
  }
  const lines = await afterRestore({
    settings: readConfiguration(afterRestoreSettings, withFiles(process.env)),
    withoutTombstones: options.length > 0,
    now: new Date(),
    logger: createLogger('after-restore', 'fatal'),
  });
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  process.exit(0);
});
