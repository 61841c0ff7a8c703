import 'reflect-metadata';
import { defaultRetryPlan } from '../backoff';
import { runConsumer } from '../contract/transport-harness';
import { connectKafkaStrategy, type KafkaAddresses } from './kafka-harness';

// A replica in a process of its own, which its parent kills.
async function main(): Promise<void> {
  const addresses = JSON.parse(process.argv[2] ?? '') as KafkaAddresses;
  const strategy = await connectKafkaStrategy(addresses, { retry: defaultRetryPlan, batchSize: 10 });
  await runConsumer(strategy, async (_fact, { transaction }) => {
    await transaction.query('SELECT pg_sleep(0.002)');
  });
}

void main();
