import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import { z } from 'zod';
import type { MessagingLogger } from '../logger';
import './quiet-request-queue';

const address = /^(\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/i;

/** Where a process finds its Kafka and how it makes its topic, by the names of the variables. */
export const kafkaSettings = z.object({
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every((broker) => address.test(broker)), 'takes host:port, separated by commas')
    .describe('Brokers of Kafka to begin with: host:port, separated by commas'),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'takes at most 100 letters, digits, dots, dashes and underscores')
    .default('cofactor.')
    .describe('What the names of all topics and consumer groups begin with'),
  KAFKA_PARTITIONS: z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .max(1_000)
    .default(6)
    .describe('Partitions of a topic when it is made'),
  KAFKA_REPLICATION: z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .max(9)
    .default(1)
    .describe('Copies of a topic when it is made; a send waits for all but one of them'),
  KAFKA_TLS: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true')
    .describe('Whether to speak TLS; NODE_EXTRA_CA_CERTS names further authorities'),
  KAFKA_USERNAME: z.string().min(1).nullable().default(null).describe('User name for SASL SCRAM-SHA-512'),
  KAFKA_PASSWORD: z.string().min(1).nullable().default(null).describe('Password for SASL SCRAM-SHA-512'),
});
export type KafkaSettings = z.output<typeof kafkaSettings>;

/** Milliseconds. */
const timeouts = { connection: 3_000, authentication: 3_000, request: 10_000 } as const;
/** Only for what passes by itself, such as a new leader: the loops of relay and consumers have patience of their own. */
const retry = { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 } as const;

/**
 * A client that connects when it is used, so a broker that is away harms nobody here. Throws when there is a user name
 * without a password, or the other way round.
 */
export function connectKafka(settings: KafkaSettings, clientId: string, logger: MessagingLogger): Kafka {
  const { KAFKA_BROKERS: brokers, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  if ((username === null) !== (password === null)) {
    throw new Error('KAFKA_USERNAME and KAFKA_PASSWORD: give both, or neither.');
  }
  return new Kafka({
    clientId,
    brokers,
    ssl: settings.KAFKA_TLS,
    ...(username === null || password === null ? {} : { sasl: { mechanism: 'scram-sha-512', username, password } }),
    connectionTimeout: timeouts.connection,
    authenticationTimeout: timeouts.authentication,
    requestTimeout: timeouts.request,
    retry,
    logLevel: logLevel.WARN,
    logCreator: () => bridgeTo(logger),
  });
}

/** Milliseconds in which the same words are not said again. */
const quiet = 60_000;
const mostRemembered = 100;
const longestText = 300;

/**
 * Passes on what kafkajs says of its connections, one step less loud, since whoever uses it reports what that means;
 * without what it adds of requests and replies (I4), and a sentence once a minute.
 */
export function bridgeTo(logger: MessagingLogger, now = () => performance.now()): (entry: LogEntry) => void {
  const said = new Map<string, number>();
  return ({ namespace, level, log }) => {
    const words = `${namespace} ${log.message}`;
    if (now() - (said.get(words) ?? -Infinity) < quiet) return;
    if (said.size >= mostRemembered) said.clear();
    said.set(words, now());
    const broker = typeof log['broker'] === 'string' ? log['broker'] : null;
    const error = typeof log['error'] === 'string' ? log['error'].slice(0, longestText) : null;
    const fields = { part: namespace, broker, error };
    const message = `kafkajs: ${log.message.slice(0, longestText)}`;
    if (level <= logLevel.ERROR) logger.warn(fields, message);
    else logger.info(fields, message);
  };
}
