import { connectKafka, kafkaSettings } from '@cofactor/messaging';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { extendLog } from './challenge-log';
import { withClient } from './databases';
import type { Installation } from './installation';
import { readTopic, withAdmin } from './kafka-topic';
import { compare, type Result } from './measure';
import { commandOf, environmentOf } from './process-tree';
import type { Scale } from './scale';
import { withBothTopologies, type BothTopologies, type Running } from './topologies';

const silence = { info: () => undefined, warn: () => undefined, error: () => undefined };
const topic = 'cofactor.challenge';
/** Milliseconds between two looks. */
const lookEvery = 20;

/** Facts per second from their commit in challenge until the audit has recorded all of them. */
async function endToEnd({ installation, recording }: Running, from: number, to: number): Promise<number> {
  const committed = await extendLog(installation.ownerUrl('challenge'), to);
  const recorded = await recording.reaches(to);
  return ((to - from) / (recorded - committed)) * 1000;
}

/** Each side fills a log of its own, by so many facts each time. */
const filling = (running: Running, step: number) => {
  let length = 0;
  return () => endToEnd(running, length, (length += step));
};

const auditOf = (installation: Installation): number => {
  const audit = installation.processes().services.find(({ service }) => service === 'audit');
  if (!audit) throw new Error('the audit does not run');
  return audit.processId;
};

/** The server's processes for the connections that others have to this database. */
async function connectionsOf(client: Client): Promise<readonly number[]> {
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND usename <> current_user AND backend_type = 'client backend'`,
  );
  return rows.map(({ pid }) => pid);
}

/**
 * Takes from the audit all that it has, and ends it: what runs it starts it again. As an operator would, it is done while it
 * does not run, so that it finds nothing when it comes back.
 */
async function forget(installation: Installation): Promise<void> {
  const pid = auditOf(installation);
  await withClient(installation.ownerUrl('audit'), async (owner) => {
    const own = await connectionsOf(owner);
    process.kill(pid, 'SIGTERM');
    // PostgreSQL may still be at the last statement of a process that is gone.
    while (commandOf(pid).length > 0 || (await connectionsOf(owner)).some((each) => own.includes(each))) await pause(1);
    await owner.query('TRUNCATE audit_log, record_view, inbox, consumer_offsets');
  });
}

/** Facts per second of an audit that begins with nothing, from its first batch to its last. */
async function fromZero({ installation, recording }: Running, length: number): Promise<number> {
  await forget(installation);
  const began = { facts: 0, at: 0 };
  while (began.facts === 0) {
    await pause(lookEvery);
    Object.assign(began, { facts: await recording.recorded(), at: performance.now() });
  }
  const ended = await recording.reaches(length);
  return ((length - began.facts) / (ended - began.at)) * 1000;
}

/** The same topic read by a consumer that parses and forgets; from the first batch to the last. */
async function readAndParse(brokers: string, length: number): Promise<number> {
  const kafka = connectKafka(kafkaSettings.parse({ KAFKA_BROKERS: brokers }), 'bench', silence);
  let began: number | null = null;
  let bytes = 0;
  await readTopic(kafka, topic, length, ({ value, headers = {} }) => {
    began ??= performance.now();
    const fact: unknown = JSON.parse(String(value));
    const texts = Object.values(headers).map(String);
    if (typeof fact !== 'object' || texts.length === 0) throw new Error('that is no fact');
    bytes += value?.length ?? 0;
  });
  if (began === null || bytes === 0) throw new Error('nothing came');
  return (length / (performance.now() - began)) * 1000;
}

/** Waits until the topic has so many, whether or not the audit has. */
async function untilPublished(brokers: string, length: number): Promise<void> {
  const kafka = connectKafka(kafkaSettings.parse({ KAFKA_BROKERS: brokers }), 'bench', silence);
  await withAdmin(kafka, async (admin) => {
    for (;;) {
      const offsets = await admin.fetchTopicOffsets(topic);
      if (offsets.reduce((sum, { high }) => sum + Number(high), 0) >= length) return;
      await pause(lookEvery);
    }
  });
}

/** For the lengths that the log has not grown beyond already. */
async function* catchUps({ services }: BothTopologies, { rounds, logLengths }: Scale, filled: number) {
  const { installation } = services;
  const brokers = environmentOf(auditOf(installation))['KAFKA_BROKERS'] ?? '';
  for (const length of logLengths.filter((each) => each >= filled)) {
    await extendLog(installation.ownerUrl('challenge'), length);
    await untilPublished(brokers, length);
    yield await compare({
      name: `catch-up of the audit by Kafka, ${length.toLocaleString('en-GB')} facts`,
      unit: 'facts/s',
      better: 'more',
      rounds: length > 500_000 ? 1 : Math.min(rounds, 3),
      warmUps: length > 500_000 ? 0 : 1,
      ours: () => fromZero(services, length),
      floor: () => readAndParse(brokers, length),
    });
  }
}

/** Facts of challenge on their way into the audit by Kafka, new ones and all there are. */
export async function* kafkaAudit(scale: Scale): AsyncGenerator<Result> {
  const { rounds, arrivingFacts } = scale;
  yield* withBothTopologies(async function* (both) {
    yield await compare({
      name: `facts into the audit, services, ${arrivingFacts.toLocaleString('en-GB')} at once`,
      unit: 'facts/s',
      better: 'more',
      rounds,
      ours: filling(both.services, arrivingFacts),
      peers: { embedded: filling(both.embedded, arrivingFacts) },
    });
    yield* catchUps(both, scale, (rounds + 1) * arrivingFacts);
  });
}
