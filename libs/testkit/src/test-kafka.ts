import { kafkaProgram, LocalServerMissing, startKafka, type LocalKafka } from '@cofactor/local-servers';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** The broker of a whole test run, which its specs share. */
const sharedBrokers = (): string | undefined => process.env['COFACTOR_TEST_KAFKA_BROKERS'];

/** A Kafka for specs that leave it running and touch only topics and groups under their prefixes. */
export interface SharedTestKafka {
  /** host:port,… */
  readonly brokers: string;
  /** No other spec has it. */
  newPrefix(): string;
  /** Stops it, if it was started for this spec. */
  stop(): Promise<void>;
}

/** A Kafka that its spec may stop, kill, restart, and send signals to. */
export type TestKafka = LocalKafka & SharedTestKafka;

const newPrefix = (): string => `test-${randomUUID().slice(0, 8)}.`;

/**
 * Starts a real Kafka of its own (4 s, 200 MB) for a spec file that stops or kills it. `stop` it in `afterAll`. In a
 * folder that is named, its topics and what it logs (`kafka.log`) stay after that.
 */
export async function startTestKafka(folder: string | null = null): Promise<TestKafka> {
  const logFile = folder === null ? null : join(folder, 'kafka.log');
  const kafka = await startKafka({ dataFolder: folder, port: 0, logFile });
  return Object.assign(kafka, { newPrefix });
}

/** The Kafka at COFACTOR_TEST_KAFKA_BROKERS, else one of this spec's own. */
export async function sharedTestKafka(): Promise<SharedTestKafka> {
  const brokers = sharedBrokers();
  return brokers === undefined ? startTestKafka() : { brokers, newPrefix, stop: async () => undefined };
}

/**
 * A `describe` for what needs a real Kafka. Where none could be had its tests are skipped, and its title says why;
 * under CI=true it throws instead, so that they are missed.
 */
export function describeWithKafka(name: string, tests: () => void): void {
  const missing = whyThereIsNone();
  if (missing === null) describe(name, tests);
  else if (process.env['CI'] === 'true') throw missing;
  else describe.skip(`${name} (skipped: ${missing.message})`, tests);
}

function whyThereIsNone(): LocalServerMissing | null {
  if (sharedBrokers() !== undefined) return null;
  try {
    kafkaProgram();
    return null;
  } catch (error) {
    if (error instanceof LocalServerMissing) return error;
    throw error;
  }
}
