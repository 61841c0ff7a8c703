import {
  describeWithKafka,
  eventually,
  startTestKafka,
  startTestPostgres,
  type TestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import { createLog, RelayBench, Replica, upTo, versionsOf } from './relay.fixture';

jest.setTimeout(120_000);

const streams = upTo(20).map((number) => `factor-${number}`);

describeWithKafka('the relay, when its broker fails', () => {
  let postgres: TestPostgres;
  let kafka: TestKafka;
  let bench: RelayBench;
  let replica: Replica;

  const published = (): Promise<number> =>
    eventually(
      () => replica.relay.lag(),
      (lag) => lag === 0,
      30_000,
    );

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), startTestKafka()]);
    const url = await createLog(postgres);
    bench = await RelayBench.open({ url, brokers: kafka.brokers, prefix: kafka.newPrefix() });
    replica = await Replica.start(bench.places);
  });
  afterAll(async () => {
    await replica.stop();
    await bench.close();
    await Promise.all([postgres.stop(), kafka.stop()]);
  });

  it('I1, I3: a broker that is away only delays, and is told of once', async () => {
    await bench.append(streams, 2);
    await published();
    await kafka.kill();
    for (const _round of upTo(3)) {
      await bench.append(streams, 1);
      await eventually(
        () => replica.relay.isHealthy(),
        (healthy) => !healthy,
        20_000,
      );
    }
    expect(await replica.relay.lag()).toBe(60);
    expect(replica.warnings).toHaveLength(1);
    expect(replica.warnings[0]).toContain('facts cannot be published now; they are kept');
    await kafka.restart();
    await published();
    expect(replica.relay.isHealthy()).toBe(true);
    await bench.append(streams, 1);
    await published();
    await bench.follow();
    await eventually(
      () => bench.arrived.length,
      (length) => length >= 120,
      30_000,
    );
    for (const stream of streams) expect(versionsOf(stream, bench.arrived)).toEqual(upTo(6));
    // A broker that comes back under load may be there and away again.
    expect(new Set(replica.infos)).toEqual(new Set(['facts are published again']));
    expect(replica.infos).toHaveLength(replica.warnings.length);
    expect(replica.errors).toEqual([]);
  });

  const healthIs = (wanted: boolean): Promise<boolean> =>
    eventually(
      () => replica.relay.isHealthy(),
      (healthy) => healthy === wanted,
      30_000,
    );

  it('notices that the broker has stopped answering while there is nothing to send', async () => {
    await healthIs(true);
    process.kill(kafka.processId, 'SIGSTOP');
    try {
      await healthIs(false);
    } finally {
      process.kill(kafka.processId, 'SIGCONT');
    }
    await healthIs(true);
  });

  it('ends in time while a send is not answered', async () => {
    await healthIs(true);
    process.kill(kafka.processId, 'SIGSTOP');
    try {
      await bench.append(streams, 1);
      await eventually(
        () => bench.database.query('SELECT FROM relay FOR UPDATE SKIP LOCKED'),
        (free) => free.length === 0,
      );
      const began = performance.now();
      await replica.relay.close();
      expect(performance.now() - began).toBeLessThan(10_000);
    } finally {
      process.kill(kafka.processId, 'SIGCONT');
    }
  });
});
