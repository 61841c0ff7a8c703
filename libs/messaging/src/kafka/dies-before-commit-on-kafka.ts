import 'reflect-metadata';
import { defaultRetryPlan } from '../backoff';
import { runConsumer } from '../contract/transport-harness';

import { connectKafkaStrategy, type KafkaAddresses } from './kafka-harness';

// Run by the harness as a process of its own: it ends itself, as a power cut would, when an effect is written.
async function main(): Promise<void> {
  const addresses = JSON.parse(process.argv[2] ?? '') as KafkaAddresses;
  const strategy = await connectKafkaStrategy(addresses, { retry: defaultRetryPlan, batchSize: 100 });
  await runConsumer(strategy, async (fact, { transaction }) => {
    if (fact.version < 2) return;
    await transaction.query('SELECT count(*) FROM effects');
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  });
}

void main();
