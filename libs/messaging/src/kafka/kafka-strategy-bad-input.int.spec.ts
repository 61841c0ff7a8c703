import 'reflect-metadata';
import {
  describeWithKafka,
  eventually,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import type { Message } from 'kafkajs';
import { UnreadableLetters } from '../unreadable-messages';
import { enrolled, messageOf, TopicBench } from './kafka-strategy.fixture';

const megabytes = (count: number): string => 'canary '.repeat((count * 1024 * 1024) / 7);

const damaged = (changes: Partial<Message>, headers: Record<string, string | undefined> = {}): Message => {
  const whole = messageOf(enrolled('factors-z@1'));
  const kept = Object.entries({ ...whole.headers, ...headers }).filter(([, value]) => value !== undefined);
  return { ...whole, ...changes, headers: Object.fromEntries(kept) };
};

const noFacts: ReadonlyArray<readonly [Message, string]> = [
  [damaged({ value: '{"canary": ' }), 'its value is not JSON'],
  [damaged({ value: null }), 'it has no value'],
  [damaged({}, { ce_type: undefined }), 'it has no header ce_type'],
  [damaged({}, { ce_streamversion: 'canary' }), 'its header ce_streamversion does not count anything'],
  [damaged({}, { ce_streamversion: '2147483648' }), 'its version is too large'],
  [damaged({}, { ce_source: '/cofactor/canary' }), 'its header ce_source is not /cofactor/factor-enrollment'],
  [
    damaged({ key: 'credential-canary' }, { ce_subject: 'credential-canary' }),
    'its stream is none of factor-enrollment',
  ],
  [
    damaged({ key: `factors-${'x'.repeat(200)}` }, { ce_subject: `factors-${'x'.repeat(200)}` }),
    'its stream has too long a name',
  ],
  [messageOf(enrolled('factors-z@1', { data: { half: '\ud800' } })), 'it holds half a character'],
  [damaged({ value: megabytes(2) }), 'its value is not JSON'],
];

describeWithKafka('bad input from Kafka', () => {
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  let bench: TopicBench;

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
  }, 120_000);
  afterAll(() => Promise.all([postgres.stop(), kafka.stop()]), 60_000);
  beforeEach(async () => {
    bench = await TopicBench.open(postgres, kafka.brokers, kafka.newPrefix());
  });
  afterEach(() => bench.close());

  it('passes over what is no fact, loudly and without its content, and goes on with everything else', async () => {
    const messages = noFacts.map(([message]) => message);
    await bench.send([messageOf(enrolled('factors-a@1')), ...messages, messageOf(enrolled('factors-a@2'))], 1);
    const consumer = await bench.start();
    expect(await bench.effectsWhen(2)).toEqual(['factors-a@1', 'factors-a@2']);
    await bench.caughtUp(consumer);

    const letters = await bench.unreadable();
    expect(letters.map(({ error }) => error)).toEqual(noFacts.map(([, why]) => `a message cannot be read: ${why}`));
    expect(letters.map(({ offset }) => offset)).toEqual(noFacts.map((_, index) => index + 1));
    expect(letters.at(-1)).toMatchObject({
      topic: bench.topic,
      partition: 1,
      state: 'dead',
      source: 'factor-enrollment',
    });
    expect(letters.at(-1)?.size).toBe(megabytes(2).length);
    const loud: unknown = expect.stringContaining('npm run dead-letters');
    expect(bench.saidLines('error')).toEqual(noFacts.map(() => loud));
    const kept = await bench.database.query('SELECT * FROM unreadable_messages');
    expect(JSON.stringify([kept, bench.said])).not.toContain('canary');
    expect(await bench.letters()).toEqual([]);
  });

  it('§6.11 puts aside what only a later release knows, and has the stream wait for that', async () => {
    await bench.send([
      messageOf(enrolled('factors-a@1', { type: 'factor.teleported' })),
      messageOf(enrolled('factors-b@1', { schemaVersion: 99 })),
      messageOf(enrolled('factors-a@2')),
      messageOf(enrolled('factors-c@1')),
    ]);
    const consumer = await bench.start();
    expect(await bench.effectsWhen(1)).toEqual(['factors-c@1']);
    await bench.caughtUp(consumer);
    const letters = await eventually(
      () => bench.letters(),
      (all) => all.filter(({ state }) => state === 'dead').length === 2,
    );
    expect(letters.map(({ stream, version, error }) => [`${stream}@${version}`, error])).toEqual([
      ['factors-a@1', 'UnreadableEvent: this release cannot read factor.teleported v1'],
      ['factors-a@2', null],
      ['factors-b@1', 'UnreadableEvent: this release cannot read factor.enrolled v99'],
    ]);
    expect(await bench.effects()).toEqual(['factors-c@1']);
  });

  it('§6.8 drops a duplicate, whether it comes at once or later', async () => {
    const fact = messageOf(enrolled('factors-a@1'));
    await bench.send([fact, fact, messageOf(enrolled('factors-b@1'))]);
    const consumer = await bench.start();
    await bench.effectsWhen(2);
    await bench.send([fact, messageOf(enrolled('factors-a@2'))]);
    await bench.effectsWhen(3);
    await bench.caughtUp(consumer);
    expect((await bench.effects()).sort()).toEqual(['factors-a@1', 'factors-a@2', 'factors-b@1']);
    expect(await bench.letters()).toEqual([]);
  });

  it('§6.8 takes facts that come out of order in order, once the missing one comes', async () => {
    const retry = { attempts: 1, firstDelay: 1, longestDelay: 1 };
    await bench.sendFacts('factors-a@1', 'factors-a@3', 'factors-a@4', 'factors-b@1');
    const consumer = await bench.start(undefined, { retry });
    await bench.effectsWhen(2);
    await bench.caughtUp(consumer);
    expect((await bench.letters()).map(({ version, state }) => [version, state])).toEqual([
      [3, 'dead'],
      [4, 'waiting'],
    ]);
    await bench.sendFacts('factors-a@2', 'factors-a@5');
    const all = await bench.effectsWhen(6);
    expect(all.filter((position) => position.startsWith('factors-a'))).toEqual(
      [1, 2, 3, 4, 5].map((version) => `factors-a@${version}`),
    );
    await eventually(
      () => bench.letters(),
      ({ length }) => length === 0,
    );
  });

  it('takes a fact of 2 MB like any other', async () => {
    await bench.send([messageOf(enrolled('factors-a@1', { data: megabytes(2) })), messageOf(enrolled('factors-a@2'))]);
    await bench.start();
    expect(await bench.effectsWhen(2)).toEqual(['factors-a@1', 'factors-a@2']);
  });

  it('reads a message again when an operator asks for it, and repeats no effect', async () => {
    await bench.send(
      [messageOf(enrolled('factors-a@1')), damaged({ value: '' }), messageOf(enrolled('factors-a@2'))],
      0,
    );
    const consumer = await bench.start();
    await bench.effectsWhen(2);
    const [letter] = await eventually(
      () => bench.unreadable(),
      ({ length }) => length === 1,
    );
    const operator = new UnreadableLetters(bench.database);
    await operator.retry(letter?.id ?? '');
    const [again] = await eventually(
      () => bench.unreadable(),
      ([each]) => each?.attempts === 2,
    );
    expect(again?.state).toBe('dead');

    // As after an upgrade to a release that can read it: what stands there is a fact.
    await bench.database.query('UPDATE unreadable_messages SET position = 3, message_offset = 2');
    await operator.retry(letter?.id ?? '');
    await eventually(
      () => bench.unreadable(),
      ({ length }) => length === 0,
    );
    await bench.caughtUp(consumer);
    expect(await bench.effects()).toEqual(['factors-a@1', 'factors-a@2']);
  });
});
