import 'reflect-metadata';
import {
  describeWithKafka,
  eventually,
  startTestKafka,
  startTestPostgres,
  type TestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import type { RunningConsumer } from '../contract/transport-harness';
import { TopicBench } from './kafka-strategy.fixture';

describeWithKafka('I3 a consumer of Kafka whose broker fails', () => {
  let postgres: TestPostgres;
  let kafka: TestKafka;
  let bench: TopicBench;
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);

  const healthIs = (expected: boolean, { transport }: RunningConsumer): Promise<boolean> =>
    eventually(
      () => transport.isHealthy(),
      (healthy) => healthy === expected,
      45_000,
    );
  const interruptions = (): string[] => bench.saidLines('warn').filter((line) => line.includes('interrupted'));

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    [postgres, kafka] = await Promise.all([startTestPostgres(), startTestKafka()]);
  }, 120_000);
  afterAll(async () => {
    process.off('unhandledRejection', note);
    await Promise.all([postgres.stop(), kafka.stop()]);
  }, 60_000);
  beforeEach(async () => {
    bench = await TopicBench.open(postgres, kafka.brokers, kafka.newPrefix());
  });
  afterEach(async () => {
    await bench.close();
    expect(unhandled).toEqual([]);
  });

  it('goes on where it was when the broker is back, and says once that it was away', async () => {
    const consumer = await bench.start();
    await bench.sendFacts('factors-a@1', 'factors-b@1');
    await bench.effectsWhen(2);
    await healthIs(true, consumer);
    // A broker that has just begun may have had to be asked twice.
    bench.said.length = 0;
    await kafka.kill();
    await healthIs(false, consumer);
    await kafka.restart();
    await healthIs(true, consumer);
    await bench.sendFacts('factors-a@2', 'factors-b@2');
    expect((await bench.effectsWhen(4)).slice().sort()).toEqual([
      'factors-a@1',
      'factors-a@2',
      'factors-b@1',
      'factors-b@2',
    ]);
    expect(interruptions()).toHaveLength(1);
    expect(bench.saidLines('info').filter((line) => line === 'the consumer goes on')).toHaveLength(1);
    expect(await bench.letters()).toEqual([]);
  }, 120_000);

  it('listens without a broker, says what is missing, and follows it once it is there', async () => {
    await bench.sendFacts('factors-a@1');
    await kafka.kill();
    const consumer = await bench.start();
    await eventually(interruptions, ({ length }) => length > 0, 20_000);
    expect(consumer.transport.isHealthy()).toBe(false);
    await expect(consumer.transport.lag()).rejects.toThrow();
    await kafka.restart();
    expect(await bench.effectsWhen(1, 45_000)).toEqual(['factors-a@1']);
    await healthIs(true, consumer);
    expect(interruptions()).toHaveLength(1);
  }, 120_000);

  it('notices a broker that is there and does not answer, and closes within 10 s all the same', async () => {
    const consumer = await bench.start();
    await healthIs(true, consumer);
    process.kill(kafka.processId, 'SIGSTOP');
    try {
      await healthIs(false, consumer);
      const began = performance.now();
      await bench.stop([consumer]);
      expect(performance.now() - began).toBeLessThan(10_000);
    } finally {
      process.kill(kafka.processId, 'SIGCONT');
    }
  }, 120_000);

  it('waits for a database that is away, and takes what came meanwhile', async () => {
    const consumer = await bench.start();
    await bench.sendFacts('factors-a@1');
    await bench.effectsWhen(1);
    await healthIs(true, consumer);
    bench.said.length = 0;
    await bench.database.query('ALTER TABLE inbox RENAME TO hidden');
    await bench.sendFacts('factors-a@2', 'factors-a@3', 'factors-b@1');
    await healthIs(false, consumer);
    await bench.database.query('ALTER TABLE hidden RENAME TO inbox');
    await bench.effectsWhen(4);
    await healthIs(true, consumer);
    expect(await bench.letters()).toEqual([]);
    expect(interruptions()).toHaveLength(1);
  }, 120_000);

  it('leaves its group when it is closed, also in the middle of joining', async () => {
    const members = async (): Promise<number> => {
      const { groups } = await bench.admin.describeGroups([`${bench.prefix}audit`]);
      return groups.reduce((sum, group) => sum + group.members.length, 0);
    };
    const first = await bench.start();
    await healthIs(true, first);
    // It is let in once the first has noticed that it came, a second later.
    const second = await bench.start();
    await eventually(members, (count) => count === 2);
    await bench.stop([second]);
    // Well before the group would have noticed by its silence.
    await eventually(members, (count) => count === 1, 4_000);
    await bench.stop([first]);
    expect(await members()).toBe(0);
  }, 60_000);
});
