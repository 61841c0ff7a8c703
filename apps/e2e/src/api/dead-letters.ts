import type { Fact } from '@cofactor/contracts';
import { connectKafka, kafkaSettings, readTopic } from '@cofactor/messaging';
import { eventually } from '@cofactor/testkit';
import type { Databases } from './databases';

/** Stands in messages that no service of ours has written. */
export const injected = 'zq7-canary-on-a-topic';

/** Bytes: less than any fact takes with what describes it. */
const tooLittle = '200';
/** kafkajs numbers the kinds of things that have settings. */
const topicKind = 2;
/** For a client of Kafka whose words nobody reads. */
export const silent = { debug: noWord, info: noWord, warn: noWord, error: noWord };
function noWord(): void {}

interface Bus {
  readonly brokers: string;
  readonly prefix: string;
}

/**
 * Has every kind of dead letter come about: messages that are no facts, with a canary in each of their parts; a fact of
 * this installation whose turn has not come; and the fact of `act`, too large for its topic, which its relay holds.
 */
export async function provokeDeadLetters(
  { brokers, prefix }: Bus,
  databases: Databases,
  act: () => Promise<unknown>,
): Promise<void> {
  const kafka = connectKafka(
    kafkaSettings.parse({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix }),
    'somebody else',
    silent,
  );
  const facts: Fact[] = [];
  await readTopic({ kafka, prefix, service: 'identity', from: [] }, (fact) => facts.push(fact));
  const last = facts.at(-1);
  if (!last) throw new Error('the topic of identity holds no fact');
  const [producer, admin] = [kafka.producer(), kafka.admin()];
  await Promise.all([producer.connect(), admin.connect()]);
  try {
    await producer.send({ topic: `${prefix}identity`, messages: lettersLike(last) });
    const configEntries = [{ name: 'max.message.bytes', value: tooLittle }];
    const resources = [{ type: topicKind, name: `${prefix}factor-enrollment`, configEntries }];
    await admin.alterConfigs({ validateOnly: false, resources });
    await act();
  } finally {
    await Promise.all([producer.disconnect(), admin.disconnect()]);
  }
  await hold(databases, 'audit', 'unreadable_messages', lettersLike(last).length - 1);
  await hold(databases, 'audit', 'dead_letters', 1);
  await hold(databases, 'factor_enrollment', 'relay_held', 1);
}

/** All but the last are no facts; that one comes long before its turn. */
function lettersLike(fact: Fact) {
  const whole = messageOf(fact);
  const withHeader = (name: string) => ({ ...whole, headers: { ...whole.headers, [name]: injected } });
  return [
    { ...whole, value: `{"password":"${injected}"` },
    { ...whole, value: JSON.stringify({ data: { email: injected } }) },
    { ...whole, value: JSON.stringify({ envelope: { [injected]: injected }, data: injected }) },
    { ...whole, key: injected },
    ...['ce_streamversion', 'ce_source', 'ce_time', 'ce_specversion'].map(withHeader),
    messageOf({ ...fact, version: fact.version + 1_000 }),
  ];
}

/** As the relay writes it (docs/events.md). */
const messageOf = (fact: Fact) => ({
  key: fact.stream,
  value: JSON.stringify({ envelope: fact.envelope, data: fact.data }),
  headers: {
    ce_specversion: '1.0',
    ce_id: fact.id,
    ce_source: `/cofactor/${fact.service}`,
    ce_type: fact.type,
    ce_time: fact.at,
    ce_subject: fact.stream,
    ce_streamversion: String(fact.version),
    ce_schemaversion: String(fact.schemaVersion),
    ce_position: String(fact.position),
    'content-type': 'application/json',
  },
});

async function hold(
  databases: Databases,
  database: 'audit' | 'factor_enrollment',
  table: string,
  rows: number,
): Promise<void> {
  await eventually(
    () => databases.rows(database, `SELECT FROM ${table}`),
    ({ length }) => length >= rows,
    50_000,
  );
}
