import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { append } from './append';
import { catchUpBench } from './catch-up';
import { factorTypes } from './factor-types';
import { kafkaAudit } from './kafka-audit';
import type { Result } from './measure';
import { largePractice } from './large-practice';
import { rebuild } from './rebuild';
import { relay } from './relay';
import { requirementsBench } from './requirements';
import { serviceStart } from './service-start';
import { services } from './services';
import { sessionCheck } from './session-check';
import { startUp } from './start-up';
import { verification } from './verification';
import { visibility } from './visibility';
import { table } from './results';
import { fullScale, shortScale, type Scale } from './scale';

const benches: Readonly<Record<string, (scale: Scale) => AsyncIterable<Result>>> = {
  append,
  'catch-up': catchUpBench,
  rebuild,
  verification,
  'factor-types': factorTypes,
  requirements: requirementsBench,
  'large-practice': largePractice,
  'session-check': sessionCheck,
  visibility,
  'start-up': startUp,
  services,
  relay,
  'kafka-audit': kafkaAudit,
  'service-start': serviceStart,
};

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const short = words.includes('--short');
  const wanted = words.filter((word) => word !== '--short');
  const unknown = wanted.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    throw new Error(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`);
  }
  const results: Result[] = [];
  try {
    for (const [name, bench] of Object.entries(benches)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      for await (const result of bench(short ? shortScale : fullScale)) {
        results.push(result);
        process.stderr.write(`${result.name}: ${result.ours.toPrecision(4)} ${result.unit}\n`);
      }
    }
  } finally {
    // A bench that fails does not take with it what the others have measured.
    process.stdout.write(`${table(results)}\n`);
  }
  // Figures that stand side by side are of one run.
  if (wanted.length > 0 || short) return;
  writeFileSync(join(__dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
