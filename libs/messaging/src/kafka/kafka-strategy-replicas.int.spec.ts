import 'reflect-metadata';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import {
  describeWithKafka,
  eventually,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import { deathOf, typescript } from '../contract/logs-harness';
import { effectsOf, runConsumer, type FactToPublish, type RunningConsumer } from '../contract/transport-harness';
import { DeadLetters } from '../dead-letters';
import { connectStrategy } from '../postgres-log/postgres-log-harness';
import { makeKafkaHarness, type KafkaHarness } from './kafka-harness';

const retry = { attempts: 3, firstDelay: 0.02, longestDelay: 0.05 };
const streams = Array.from({ length: 20 }, (_, index) => `factors-${index}`);
/** Facts of all streams in turn. */
const facts = (ofEach: number): FactToPublish[] =>
  Array.from({ length: ofEach }).flatMap(() => streams.map((stream) => ({ stream, type: 'factor.enrolled' })));

describeWithKafka('replicas of a consumer of Kafka', () => {
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  let harness: KafkaHarness;
  let running: RunningConsumer[];

  const start = async (batchSize = 10): Promise<RunningConsumer> => {
    const consumer = await runConsumer(
      await harness.transport({ retry, batchSize }),
      async (_fact, { transaction }) => {
        await transaction.query('SELECT pg_sleep(0.001)');
      },
    );
    running.push(consumer);
    return consumer;
  };
  const stop = async (consumer: RunningConsumer | undefined): Promise<void> => {
    running = running.filter((each) => each !== consumer);
    await consumer?.stop();
  };
  const effectsWhen = (count: number, within = 40_000): Promise<string[]> =>
    eventually(
      () => effectsOf(harness.database, 'first'),
      ({ length }) => length >= count,
      within,
    );
  /** Every effect once, in the order of its stream. */
  const expectEach = async (ofEach: number): Promise<void> => {
    for (const handler of ['first', 'second'] as const) {
      const effects = await effectsOf(harness.database, handler);
      expect(effects).toHaveLength(ofEach * streams.length);
      for (const stream of streams) {
        const versions = effects.filter((position) => position.startsWith(`${stream}@`));
        expect(versions).toEqual(Array.from({ length: ofEach }, (_, index) => `${stream}@${index + 1}`));
      }
    }
    expect(await new DeadLetters(harness.database).list()).toEqual([]);
  };

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
  }, 120_000);
  afterAll(() => Promise.all([postgres.stop(), kafka.stop()]), 60_000);
  beforeEach(async () => {
    harness = await makeKafkaHarness(postgres, { brokers: kafka.brokers, prefix: kafka.newPrefix() });
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((consumer) => consumer.stop()));
    await harness.stop();
  });

  it('have each fact take effect once, in order, however often they come and go', async () => {
    const committed = harness.commit(facts(50));
    for (let round = 1; round <= 10; round += 1) {
      await start();
      await effectsWhen(round * 40);
      if (running.length > 2) await stop(running[0]);
    }
    await committed;
    await effectsWhen(1_000);
    await expectEach(50);
  }, 120_000);

  it('I1 take over within seconds what another held that was killed, and nothing is lost or done twice', async () => {
    const child = fork(join(__dirname, 'consumes-on-kafka.ts'), [JSON.stringify(harness.addresses)], typescript);
    const dead = deathOf(child);
    const committed = harness.commit(facts(20));
    await effectsWhen(50);
    await start();
    await effectsWhen(100);
    child.kill('SIGKILL');
    expect(await dead).toBe('SIGKILL');
    const killed = performance.now();
    await committed;
    await effectsWhen(400);
    expect(performance.now() - killed).toBeLessThan(15_000);
    await expectEach(20);
  }, 120_000);

  it('keep their place in the group while a fact takes longer than the silence that the group allows', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let reached = 0;
    running.push(
      await runConsumer(await harness.transport({ retry, batchSize: 10 }), () => {
        reached ||= performance.now();
        return held;
      }),
    );
    await harness.publish([{ stream: 'factors-0', type: 'factor.enrolled' }]);
    await eventually(() => reached, Boolean, 20_000);
    const admin = harness.kafka.admin();
    await admin.connect();
    const members = async (): Promise<number> => {
      const { groups } = await admin.describeGroups([`${harness.addresses.prefix}audit`]);
      return groups.reduce((sum, group) => sum + group.members.length, 0);
    };
    await eventually(async () => (await members()) === 0 || performance.now() - reached > 7_500, Boolean, 10_000);
    expect(await members()).toBe(1);
    await admin.disconnect();
    letGo();
    expect(await effectsWhen(1)).toEqual(['factors-0@1']);
  }, 60_000);

  it('§6.8 may follow the log in PostgreSQL first, and then Kafka, and the other way round', async () => {
    for (let round = 1; round <= 2; round += 1) {
      await harness.publish(facts(1));
      const direct = await runConsumer(await connectStrategy(harness.databases, { retry, batchSize: 100 }), () =>
        Promise.resolve(),
      );
      running.push(direct);
      await effectsWhen(streams.length * (2 * round - 1));
      await stop(direct);
      await harness.publish(facts(1));
      const consumer = await start();
      await effectsWhen(streams.length * 2 * round);
      await eventually(
        () => consumer.transport.lag(),
        (lag) => lag['factor-enrollment'] === 0,
      );
      await stop(consumer);
    }
    await expectEach(4);
  }, 60_000);

  it('I1 find a topic that was deleted filled again by its relay, and go on with what is new', async () => {
    const consumer = await start();
    await harness.publish(facts(2));
    await effectsWhen(40);
    const admin = harness.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${harness.addresses.prefix}factor-enrollment`] });
    await admin.disconnect();
    await harness.commit(facts(1));
    await effectsWhen(60);
    await harness.publish(facts(1));
    await effectsWhen(80);
    await eventually(() => consumer.transport.isHealthy(), Boolean, 10_000);
    await expectEach(4);
  }, 120_000);
});
