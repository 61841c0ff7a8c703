import 'reflect-metadata';
import {
  describeWithKafka,
  eventually,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import type { RunningConsumer } from '../contract/transport-harness';
import { replayFromZero } from '../replay';
import { enrolled, messageOf, TopicBench } from './kafka-strategy.fixture';

const numbered = (stream: string, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `${stream}@${first + index}`);

describeWithKafka('where a consumer stands in Kafka', () => {
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  let bench: TopicBench;
  let groupId: string;

  /** Lets a replica take these, and ends it. */
  const takeAll = async (positions: readonly string[]): Promise<void> => {
    await bench.sendFacts(...positions);
    const consumer = await bench.start();
    await bench.effectsWhen(positions.length);
    await bench.caughtUp(consumer);
    await bench.stop([consumer]);
  };
  const startAndCatchUp = async (): Promise<RunningConsumer> => {
    const consumer = await bench.start();
    await eventually(() => consumer.transport.isHealthy(), Boolean, 20_000);
    await bench.caughtUp(consumer);
    return consumer;
  };
  const positionsSum = async (): Promise<number> => {
    const [row] = await bench.database.query<{ sum: number }>(
      'SELECT sum(position)::bigint AS sum FROM consumer_offsets',
    );
    return row?.sum ?? 0;
  };

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
  }, 120_000);
  afterAll(() => Promise.all([postgres.stop(), kafka.stop()]), 60_000);
  beforeEach(async () => {
    const prefix = kafka.newPrefix();
    groupId = `${prefix}audit`;
    bench = await TopicBench.open(postgres, kafka.brokers, prefix);
  });
  afterEach(() => bench.close());

  it.each(['set to zero', 'deleted'])('is its own row: a consumer group that was %s changes nothing', async (how) => {
    await takeAll(numbered('factors-a', 1, 5));
    if (how === 'deleted') await bench.admin.deleteGroups([groupId]);
    else await bench.admin.resetOffsets({ groupId, topic: bench.topic, earliest: true });
    // Without an inbox, whatever is read again takes effect again.
    await bench.database.query('DELETE FROM inbox');
    await startAndCatchUp();
    await bench.sendFacts('factors-b@1');
    await bench.effectsWhen(6);
    expect(await bench.effects()).toEqual([...numbered('factors-a', 1, 5), 'factors-b@1']);
  });

  it('is its own row: a consumer group at the end of a topic loses nothing, as after a restore', async () => {
    await takeAll(numbered('factors-a', 1, 3));
    await bench.sendFacts(...numbered('factors-a', 4, 6));
    await bench.admin.resetOffsets({ groupId, topic: bench.topic, earliest: false });
    await startAndCatchUp();
    expect(await bench.effects()).toEqual(numbered('factors-a', 1, 6));
  });

  it('§6.12 goes back with its database: what was taken after the backup takes effect there again, and once', async () => {
    await takeAll(numbered('factors-a', 1, 3));
    const tables = ['effects', 'inbox', 'consumer_offsets', 'dead_letters'];
    const sql = (line: (table: string) => string) => bench.database.query(tables.map(line).join(';'));
    await sql((table) => `CREATE TABLE backup_of_${table} AS TABLE ${table}`);
    await takeAll(numbered('factors-a', 4, 6));
    await bench.effectsWhen(6);
    await sql((table) => `TRUNCATE ${table}; INSERT INTO ${table} OVERRIDING USER VALUE TABLE backup_of_${table}`);
    expect(await bench.effects()).toEqual(numbered('factors-a', 1, 3));
    await startAndCatchUp();
    await bench.sendFacts('factors-a@7');
    await bench.effectsWhen(7);
    expect(await bench.effects()).toEqual(numbered('factors-a', 1, 7));
    expect(await bench.letters()).toEqual([]);
  });

  it('is shown to the tools of Kafka', async () => {
    await takeAll(numbered('factors-a', 1, 5));
    const [shown] = await bench.admin.fetchOffsets({ groupId, topics: [bench.topic] });
    expect(shown?.partitions.map(({ offset }) => Number(offset)).reduce((sum, each) => sum + Math.max(0, each))).toBe(
      5,
    );
  });

  it('§6.8 is followed when it is set back while facts come and when none does; what was seen is dropped', async () => {
    const consumer = await bench.start();
    await bench.sendFacts('factors-a@1', 'factors-b@1', 'factors-a@2');
    await bench.effectsWhen(3);
    await bench.database.query(`DELETE FROM inbox WHERE stream = 'factors-b'`);
    expect(await replayFromZero(bench.database, 'audit')).toBe(3);
    expect((await bench.effectsWhen(4)).slice(3)).toEqual(['factors-b@1']);
    await bench.caughtUp(consumer);
    await replayFromZero(bench.database, 'audit');
    await bench.sendFacts('factors-a@3');
    await bench.effectsWhen(5);
    await eventually(positionsSum, (sum) => sum === 4);
    expect((await bench.effects()).slice(4)).toEqual(['factors-a@3']);
  });

  it.each(['stopped', 'running'])('starts again in a topic that was made anew and is shorter, %s', async (state) => {
    await takeAll(numbered('factors-a', 1, 9));
    const consumer = state === 'running' ? await startAndCatchUp() : null;
    await bench.admin.deleteTopics({ topics: [bench.topic] });
    if (consumer)
      await eventually(
        () => consumer.transport.isHealthy(),
        (healthy) => !healthy,
        20_000,
      );
    await bench.makeTopic();
    await bench.sendFacts('factors-a@1', 'factors-a@10');
    await (consumer ?? bench.start());
    await bench.effectsWhen(10);
    expect(await bench.effects()).toEqual(numbered('factors-a', 1, 10));
    expect(bench.saidLines('warn')).toContainEqual(expect.stringContaining('shorter than it was'));
    expect(await bench.letters()).toEqual([]);
  });

  it('starts again in a topic of a later generation, though it is no shorter', async () => {
    await takeAll(numbered('factors-a', 1, 3));
    await bench.admin.deleteTopics({ topics: [bench.topic] });
    await eventually(
      () => bench.admin.listTopics(),
      (topics) => !topics.includes(bench.topic),
    );
    await bench.makeTopic(1);
    // Where it stood there are others now: only from the beginning are all of them seen.
    const again = ['factors-b@1', ...numbered('factors-a', 1, 3), 'factors-c@1', 'factors-a@4'];
    await bench.send(again.map((position) => messageOf(enrolled(position), 2)));
    await bench.database.query(`UPDATE consumer_offsets SET position = 3, furthest = 3`);
    await startAndCatchUp();
    await bench.effectsWhen(6);
    const effects = await bench.effects();
    expect(effects.filter((position) => position.startsWith('factors-a'))).toEqual(numbered('factors-a', 1, 4));
    expect(effects.slice(3).sort()).toEqual(['factors-a@4', 'factors-b@1', 'factors-c@1']);
    expect(bench.saidLines('warn')).toContainEqual(expect.stringContaining('made anew'));
  });

  it('says loudly that a topic has lost its beginning, and goes on with what is left', async () => {
    await bench.send([messageOf(enrolled('factors-a@1')), messageOf(enrolled('factors-b@1'))], 0);
    await bench.admin.fetchTopicOffsets(bench.topic);
    await bench.admin.deleteTopicRecords({ topic: bench.topic, partitions: [{ partition: 0, offset: '1' }] });
    await bench.start();
    expect(await bench.effectsWhen(1)).toEqual(['factors-b@1']);
    expect(bench.saidLines('error')).toEqual([expect.stringContaining('lost its first messages')]);
  });

  it('is asked for its lag while its topic is not there yet, and follows it once it is', async () => {
    await bench.admin.deleteTopics({ topics: [bench.topic] });
    const { transport } = await bench.start();
    await eventually(
      () => bench.saidLines('warn'),
      ({ length }) => length > 0,
    );
    expect(transport.isHealthy()).toBe(false);
    expect(await transport.lag()).toEqual({ 'factor-enrollment': 0 });
    await bench.makeTopic();
    await bench.sendFacts('factors-a@1');
    expect(await bench.effectsWhen(1)).toEqual(['factors-a@1']);
    await eventually(() => transport.isHealthy(), Boolean);
    expect(bench.saidLines('warn')).toHaveLength(1);
  });
});
