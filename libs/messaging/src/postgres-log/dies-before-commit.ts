import 'reflect-metadata';
import { defaultRetryPlan } from '../backoff';
import { runConsumer } from '../contract/transport-harness';
import type { Addresses } from '../contract/logs-harness';
import { connectStrategy } from './postgres-log-harness';

// Run by the harness as a process of its own: it ends itself, as a power cut would, when an effect is written.
async function main(): Promise<void> {
  const addresses = JSON.parse(process.argv[2] ?? '') as Addresses;
  const strategy = await connectStrategy(addresses, { retry: defaultRetryPlan, batchSize: 100 });
  await runConsumer(strategy, async (fact, { transaction }) => {
    if (fact.version < 2) return;
    await transaction.query('SELECT count(*) FROM effects');
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  });
}

void main();
