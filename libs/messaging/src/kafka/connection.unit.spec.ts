import { logLevel } from 'kafkajs';
import { bridgeTo, connectKafka, kafkaSettings } from './connection';

const least = { KAFKA_BROKERS: 'kafka:9092' };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the settings of Kafka', () => {
  it('need only the brokers', () => {
    expect(kafkaSettings.parse({ KAFKA_BROKERS: 'one:9092, two.example:9093,[::1]:9094' })).toEqual({
      KAFKA_BROKERS: ['one:9092', 'two.example:9093', '[::1]:9094'],
      KAFKA_TOPIC_PREFIX: 'cofactor.',
      KAFKA_PARTITIONS: 6,
      KAFKA_REPLICATION: 1,
      KAFKA_TLS: false,
      KAFKA_USERNAME: null,
      KAFKA_PASSWORD: null,
    });
  });

  it.each([
    { KAFKA_BROKERS: 'kafka' },
    { KAFKA_BROKERS: 'kafka:9092,' },
    { KAFKA_BROKERS: 'kafka://kafka:9092' },
    { KAFKA_TOPIC_PREFIX: 'co factor' },
    { KAFKA_PARTITIONS: '0' },
    { KAFKA_REPLICATION: 'three' },
    { KAFKA_TLS: 'yes' },
  ])('refuse %j', (variables) => {
    expect(kafkaSettings.safeParse({ ...least, ...variables }).success).toBe(false);
  });

  it('take user name and password together', () => {
    const connect = (variables: object) => connectKafka(kafkaSettings.parse({ ...least, ...variables }), 'x', silent);
    expect(() => connect({ KAFKA_USERNAME: 'identity' })).toThrow('give both, or neither');
    expect(() => connect({ KAFKA_PASSWORD: 'secret' })).toThrow('give both, or neither');
    expect(() => connect({ KAFKA_PASSWORD: 'secret' })).not.toThrow('secret');
    expect(() => connect({ KAFKA_USERNAME: 'identity', KAFKA_PASSWORD: 'secret' })).not.toThrow();
  });
});

describe('what kafkajs says', () => {
  const lines: unknown[][] = [];
  const logger = {
    info: (...line: unknown[]) => void lines.push(['info', ...line]),
    warn: (...line: unknown[]) => void lines.push(['warn', ...line]),
    error: (...line: unknown[]) => void lines.push(['error', ...line]),
  };
  let now = 0;
  const say = (bridge: ReturnType<typeof bridgeTo>, message: string, level: logLevel, more: object = {}) =>
    bridge({ namespace: 'Connection', level, label: '', log: { timestamp: '', logger: '', message, ...more } });
  beforeEach(() => lines.splice(0));

  it('I4: is passed on without requests and replies, one step less loud', () => {
    const bridge = bridgeTo(logger, () => now);
    say(bridge, 'Connection error', logLevel.ERROR, { broker: 'kafka:9092', error: 'refused', payload: 'secret' });
    say(bridge, 'Limiting', logLevel.WARN);
    expect(lines).toEqual([
      ['warn', { part: 'Connection', broker: 'kafka:9092', error: 'refused' }, 'kafkajs: Connection error'],
      ['info', { part: 'Connection', broker: null, error: null }, 'kafkajs: Limiting'],
    ]);
  });

  it('is not repeated within a minute', () => {
    const bridge = bridgeTo(logger, () => now);
    for (const time of [0, 30_000, 59_000, 61_000]) {
      now = time;
      say(bridge, 'Connection error', logLevel.ERROR);
    }
    expect(lines).toHaveLength(2);
  });
});
