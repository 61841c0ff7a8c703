import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  describeWithKafka,
  eventually,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import {
  createLog,
  RelayBench,
  Replica,
  upTo,
  versionsOf,
  type PublishedFact,
  type RelayPlaces,
} from './relay.fixture';

jest.setTimeout(120_000);

const streams = upTo(20).map((number) => `factor-${number}`);

async function dieBeforeCommit(places: RelayPlaces): Promise<NodeJS.Signals | null> {
  const child = fork(join(__dirname, 'relay-dies-before-commit.ts'), [JSON.stringify(places)], {
    env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '../../../../tsconfig.base.json') },
    execArgv: ['--conditions=@cofactor/source', '-r', '@swc-node/register'],
    stdio: 'inherit',
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

describeWithKafka('the relay', () => {
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  let bench: RelayBench;
  let replicas: Replica[];

  const start = async (variables: Readonly<Record<string, string>> = {}): Promise<Replica> => {
    const replica = await Replica.start(bench.places, variables);
    replicas.push(replica);
    return replica;
  };
  const published = (replica: Replica): Promise<number> =>
    eventually(
      () => replica.relay.lag(),
      (lag) => lag === 0,
      30_000,
    );
  /** Waits for so many messages; answers all that arrived until then. */
  const arrived = async (count: number): Promise<readonly PublishedFact[]> => {
    await eventually(
      () => bench.arrived.length,
      (length) => length >= count,
      30_000,
    );
    return [...bench.arrived];
  };
  const expectInOrder = (facts: readonly PublishedFact[], count: number): void => {
    for (const stream of streams) expect(versionsOf(stream, facts)).toEqual(upTo(count));
  };
  /** Waits until so many facts are held. */
  const held = (count: number): Promise<unknown> =>
    eventually(
      () => bench.database.query<{ held: number }>('SELECT count(*) AS held FROM relay_held'),
      ([row]) => row?.held === count,
      30_000,
    );
  /** Waits for so many facts of the second generation. */
  const refilled = async (count: number): Promise<readonly PublishedFact[]> => {
    const second = () => bench.arrived.filter(({ generation }) => generation === 2);
    await eventually(
      () => second().length,
      (length) => length >= count,
      30_000,
    );
    return second();
  };

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
  });
  beforeEach(async () => {
    replicas = [];
    const url = await createLog(postgres);
    bench = await RelayBench.open({ url, brokers: kafka.brokers, prefix: kafka.newPrefix() });
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await bench.close();
  });
  afterAll(async () => {
    await Promise.all([postgres.stop(), kafka.stop()]);
  });

  it('I1: publishes what is committed, each stream in its order in one partition, once', async () => {
    await bench.append(streams, 100);
    const replica = await start();
    await published(replica);
    await bench.append(streams, 5, { text: 'later' });
    await published(replica);
    await bench.follow();
    const facts = await arrived(2_100);
    expect(facts).toHaveLength(2_100);
    expect(facts.map(({ fact }) => fact.version)).not.toContain(106);
    expectInOrder(facts, 105);
    for (const stream of streams) {
      const ofStream = facts.filter(({ fact }) => fact.stream === stream);
      expect(new Set(ofStream.map(({ partition }) => partition)).size).toBe(1);
      expect(ofStream).toHaveLength(105);
    }
    expect(new Set(facts.map(({ partition }) => partition)).size).toBe(6);
    expect(facts.every(({ generation }) => generation === 1)).toBe(true);
    expect(replica.relay.isHealthy()).toBe(true);
    expect(replica.errors).toEqual([]);
  });

  it('makes its topic so that it keeps everything, and as asked for', async () => {
    await start({ KAFKA_PARTITIONS: '3' });
    const topics = await eventually(
      () => bench.admin.listTopics(),
      (names) => names.includes(bench.topic),
    );
    expect(topics).toContain(bench.topic);
    const { resources } = await bench.admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: bench.topic }],
    });
    const entries = resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [];
    expect(Object.fromEntries(entries)).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      'retention.bytes': '-1',
      'min.insync.replicas': '1',
      'message.timestamp.type': 'LogAppendTime',
    });
    const [described] = (await bench.admin.fetchTopicMetadata({ topics: [bench.topic] })).topics;
    expect(described?.partitions).toHaveLength(3);
  });

  it('hears of a commit at once', async () => {
    const replica = await start();
    await bench.append(['factor-1']);
    await published(replica);
    const began = performance.now();
    for (const version of upTo(10)) {
      await bench.append(['factor-1']);
      await eventually(
        () => bench.size(),
        (size) => size === version + 1,
      );
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('§2.5: a process killed between the send and its note loses nothing; the next one repeats the send', async () => {
    await bench.append(streams, 10);
    expect(await dieBeforeCommit(bench.places)).toBe('SIGKILL');
    expect(await bench.size()).toBe(200);
    await bench.append(streams, 1);
    const replica = await start();
    const began = performance.now();
    await published(replica);
    expect(performance.now() - began).toBeLessThan(5_000);
    await bench.follow();
    const facts = await arrived(420);
    expect(facts).toHaveLength(420);
    expectInOrder(facts, 11);
  });

  it('I1: of two replicas one publishes, and the other goes on when it ends', async () => {
    const [one, other] = [await start(), await start()];
    const appending = (async () => {
      for (let round = 0; round < 50; round += 1) await bench.append(streams, 4);
    })();
    await eventually(
      () => bench.size(),
      (size) => size > 400,
      30_000,
    );
    await one.relay.close();
    await appending;
    await published(other);
    await bench.follow();
    const facts = await arrived(4_000);
    expect(facts).toHaveLength(4_000);
    expectInOrder(facts, 200);
    const repeated = facts.filter(({ fact }, index) => index !== facts.findIndex((each) => each.fact.id === fact.id));
    expect(repeated).toEqual([]);
    expect(other.relay.isHealthy()).toBe(true);
    expect(one.relay.isHealthy()).toBe(false);
    expect([...one.errors, ...other.errors]).toEqual([]);
  });

  it('I1: goes on by itself after the database was restarted', async () => {
    const replica = await start();
    await bench.append(streams, 1);
    await published(replica);
    await postgres.restart();
    await bench.append(streams, 1);
    await published(replica);
    await bench.follow();
    expectInOrder(await arrived(40), 2);
  });

  it.each([
    ['deleted', async () => undefined],
    ['made anew', () => bench.makeTopic(6)],
    ['made anew with fewer partitions', () => bench.makeTopic(2)],
  ])('I1: a topic that was %s is filled again from the first fact on, as a new generation', async (_what, remake) => {
    const replica = await start();
    await bench.append(streams, 3);
    await published(replica);
    await bench.admin.deleteTopics({ topics: [bench.topic] });
    await remake();
    await bench.append(streams, 1);
    await eventually(
      () => bench.size(),
      (size) => size >= 80,
      30_000,
    );
    await bench.follow();
    expectInOrder(await refilled(80), 4);
    expect(replica.errors).toEqual(['a topic has lost facts that were published; all facts are published again']);
    await bench.append(streams, 1);
    expectInOrder(await refilled(100), 5);
    expect(replica.errors).toHaveLength(1);
  });

  it('I1: partitions that are added later change the order of nothing', async () => {
    const replica = await start({ KAFKA_PARTITIONS: '2' });
    await bench.append(streams, 2);
    await published(replica);
    await bench.admin.createPartitions({ topicPartitions: [{ topic: bench.topic, count: 6 }] });
    await replica.relay.close();
    const next = await start();
    await bench.append(streams, 2);
    await published(next);
    await bench.follow();
    const facts = await arrived(80);
    expectInOrder(facts, 4);
    expect(facts.filter(({ partition }) => partition > 1)).toEqual([]);
  });

  it('a fact that is too large is held, and with it the later ones of its stream, until the topic allows it', async () => {
    const replica = await start();
    await bench.append(streams, 2);
    await bench.append(['factor-1'], 1, { text: 'x'.repeat(1_500_000) });
    await bench.append(streams, 2);
    await bench.append(['factor-1'], 1, { text: 'x'.repeat(1_500_000) });
    await bench.append(streams, 1);
    await held(5);
    expect(await replica.relay.lag()).toBe(5);
    await bench.follow();
    const before = await arrived(97);
    expect(versionsOf('factor-1', before)).toEqual([1, 2]);
    for (const stream of streams.slice(1)) expect(versionsOf(stream, before)).toEqual(upTo(5));
    expect(replica.errors).toHaveLength(1);
    expect(replica.errors[0]).toContain('too large');

    const configEntries = [{ name: 'max.message.bytes', value: '4000000' }];
    await bench.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: bench.topic, configEntries }],
    });
    await bench.database.query('UPDATE relay_held SET next_attempt_at = now()');
    await bench.append(streams, 1);
    await published(replica);
    const after = await arrived(122);
    expect(versionsOf('factor-1', after)).toEqual(upTo(8));
    for (const stream of streams.slice(1)) expect(versionsOf(stream, after)).toEqual(upTo(6));
  });

  it('facts that are too large only together are sent apart', async () => {
    await bench.makeTopic(2, { 'max.message.bytes': '20000' });
    await bench.append(streams, 10, { text: 'x'.repeat(5_000) });
    const replica = await start();
    await published(replica);
    await bench.follow();
    expectInOrder(await arrived(200), 10);
    expect(replica.errors).toEqual([]);
  });

  it('holds a fact that is too large also when its topic was made anew', async () => {
    await start();
    await bench.append(streams, 1);
    await bench.append(['factor-1'], 1, { text: 'x'.repeat(1_500_000) });
    await held(1);
    await bench.admin.deleteTopics({ topics: [bench.topic] });
    await bench.append(streams, 1);
    await eventually(
      () => bench.size(),
      (size) => size >= 39,
      30_000,
    );
    await bench.follow();
    const facts = await refilled(39);
    await held(2);
    expect(versionsOf('factor-1', facts)).toEqual([1]);
    for (const stream of streams.slice(1)) expect(versionsOf(stream, facts)).toEqual([1, 2]);
  });

  it('says what the broker has against the topic', async () => {
    const replica = await start({ KAFKA_REPLICATION: '3' });
    const warnings = await eventually(
      () => replica.warnings,
      ({ length }) => length > 0,
      30_000,
    );
    expect(warnings[0]).toContain('Replication-factor is invalid');
    expect(replica.relay.isHealthy()).toBe(false);
  });

  it('knows how far it is behind', async () => {
    await bench.append(streams, 2);
    const idle = await Replica.start({ ...bench.places, brokers: '127.0.0.1:1' });
    replicas.push(idle);
    expect(await idle.relay.lag()).toBe(40);
    expect(idle.relay.isHealthy()).toBe(false);
    const replica = await start();
    await published(replica);
    expect(await idle.relay.lag()).toBe(0);
  });
});
