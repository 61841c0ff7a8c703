import {
  describeWithKafka,
  eventually,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import { connectKafka, kafkaSettings } from './connection';
import { createLog, RelayBench, Replica } from './relay.fixture';
import { topicDifferences, TopicWatch, waysToForget } from './topic-settings';
import { keepsEverything } from './topics';

jest.setTimeout(60_000);

const plan = { topic: 'cofactor.challenge', partitions: 6, replication: 3 };
const settings = (changes: Readonly<Record<string, string>> = {}) =>
  new Map(Object.entries({ ...keepsEverything, 'min.insync.replicas': '2', ...changes }));
const copies = [3, 3, 3, 3, 3, 3];

describe('what differs between a topic and its plan', () => {
  it('is nothing where it keeps everything, in as many partitions and at least as many copies', () => {
    expect(topicDifferences(plan, { settings: settings(), copies })).toEqual([]);
    expect(topicDifferences({ ...plan, replication: 2 }, { settings: settings(), copies })).toEqual([]);
  });

  it.each([
    [{ 'cleanup.policy': 'compact' }, copies, 'cleanup.policy is compact, not delete', true],
    [{ 'cleanup.policy': 'compact,delete' }, copies, 'cleanup.policy is compact,delete, not delete', true],
    [{ 'retention.ms': '604800000' }, copies, 'retention.ms is 604800000, not -1', true],
    [{ 'retention.bytes': '1' }, copies, 'retention.bytes is 1, not -1', true],
    [{ 'min.insync.replicas': '1' }, copies, 'min.insync.replicas is 1, not 2', false],
    [{}, [3, 3], 'the number of partitions is 2, not 6', false],
    [{}, [...copies, 3], 'the number of partitions is 7, not 6', false],
    [{}, [3, 3, 3, 3, 3, 1], 'the number of copies is 1, not 3', false],
  ])('names %j with copies %j', (changes, found, text, forgets) => {
    expect(topicDifferences(plan, { settings: settings(changes), copies: found })).toEqual([{ text, forgets }]);
  });

  it('is said once, and so is its end', () => {
    const said: string[] = [];
    const [info, warn, error] = (['info', 'warn', 'error'] as const).map((level) => () => void said.push(level));
    if (!info || !warn || !error) throw new Error('three levels');
    const watch = new TopicWatch(plan.topic, { info, warn, error });
    watch.note([]);
    for (const text of ['one', 'one', 'another']) watch.note([{ text, forgets: text === 'another' }]);
    expect([said, watch.isAsPlanned]).toEqual([['warn', 'error'], false]);
    watch.note([]);
    expect([said, watch.isAsPlanned]).toEqual([['warn', 'error', 'info'], true]);
  });
});

describeWithKafka('§6.11 a topic that is there already', () => {
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  let bench: RelayBench;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
    const places = { url: await createLog(postgres), brokers: kafka.brokers, prefix: kafka.newPrefix() };
    bench = await RelayBench.open(places);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await bench.close();
    await Promise.all([postgres.stop(), kafka.stop()]);
  });

  const forgetting = () => {
    const { brokers, prefix } = bench.places;
    const told = kafkaSettings.parse({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix });
    return waysToForget(connectKafka(told, 'spec', console), told, 'challenge');
  };
  const start = async (): Promise<Replica> => {
    const replica = await Replica.start(bench.places, { KAFKA_PARTITIONS: '2', KAFKA_REPLICATION: '2' });
    replicas.push(replica);
    return replica;
  };

  it('is named where it forgets, has other partitions or fewer copies; facts are published all the same', async () => {
    expect(await forgetting()).toEqual([]);
    await bench.makeTopic(3, { 'cleanup.policy': 'compact', 'retention.ms': '604800000' });
    const [one, other] = [await start(), await start()];
    await bench.append(['factor-1'], 2);
    await eventually(
      () => bench.size(),
      (size) => size === 2,
      30_000,
    );
    const ways = 'cleanup.policy is compact, not delete; retention.ms is 604800000, not -1';
    const numbers = 'the number of partitions is 3, not 2; the number of copies is 1, not 2';
    for (const { relay, errors } of [one, other]) {
      await eventually(
        () => errors,
        ({ length }) => length > 0,
      );
      expect(errors).toEqual([
        `the topic forgets facts, which a restore would need; change its settings (${ways}; ${numbers})`,
      ]);
      await eventually(
        () => relay.isHealthy(),
        (isHealthy) => isHealthy,
      );
      expect(relay.isTopicAsPlanned()).toBe(false);
    }
    expect(await forgetting()).toEqual(ways.split('; '));
  });
});
