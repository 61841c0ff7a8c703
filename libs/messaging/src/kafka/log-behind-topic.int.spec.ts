import type { Fact } from '@cofactor/contracts';
import { Database, PostgresFactLog, resumeLog } from '@cofactor/event-store';
import {
  describeWithKafka,
  eventually,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import { isKnownWhole, refuseLogBehindTopic, relayedUpTo } from './log-behind-topic';
import { createLog, RelayBench, Replica } from './relay.fixture';
import { readTopic } from './topic-reader';

jest.setTimeout(120_000);
const service = 'challenge';

describeWithKafka('a log and its topic (§6.12)', () => {
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  let prefix: string;
  const benches: RelayBench[] = [];

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
    prefix = kafka.newPrefix();
  });
  afterAll(async () => {
    await Promise.all(benches.map((bench) => bench.close()));
    await Promise.all([postgres.stop(), kafka.stop()]);
  });

  const open = async (url: string): Promise<RelayBench> => {
    const bench = await RelayBench.open({ url, brokers: kafka.brokers, prefix });
    benches.push(bench);
    return bench;
  };
  const logOf = ({ database }: RelayBench) => new PostgresFactLog({ database, service });
  const refuse = (bench: RelayBench) =>
    refuseLogBehindTopic({ service, database: bench.database, log: logOf(bench), kafka: bench.kafka, prefix });
  const isKnown = ({ database }: RelayBench) => isKnownWhole({ service, database, prefix });
  const publish = async (bench: RelayBench): Promise<void> => {
    const replica = await Replica.start(bench.places);
    await eventually(
      async () => (await relayedUpTo(bench.database, prefix, service)) === (await logOf(bench).head()),
      Boolean,
      30_000,
    );
    await replica.stop();
  };
  const idsIn = async (bench: RelayBench, from: readonly number[]): Promise<readonly string[]> => {
    const facts: Fact[] = [];
    await readTopic({ kafka: bench.kafka, prefix, service, from }, (fact) => facts.push(fact));
    return facts.map(({ id }) => id);
  };

  it('a topic that is not there, is empty or is whole refuses nobody', async () => {
    const bench = await open(await createLog(postgres));
    expect(await idsIn(bench, [])).toEqual([]);
    await refuse(bench);
    await bench.append(['credential-a', 'credential-b', 'credential-c'], 3);
    await publish(bench);
    await refuse(bench);
    const ids = (await logOf(bench).readAll(0, 100)).map(({ id }) => id);
    expect([...(await idsIn(bench, []))].sort()).toEqual([...ids].sort());
  });

  it('messages that are no facts are passed over, and counted', async () => {
    const [bench] = benches as [RelayBench];
    const producer = bench.kafka.producer();
    await producer.connect();
    await producer.send({ topic: bench.topic, messages: [{ value: 'no fact' }, { key: 'credential-a', value: null }] });
    await producer.disconnect();
    let facts = 0;
    const unreadable = await readTopic({ kafka: bench.kafka, prefix, service, from: [] }, () => (facts += 1));
    expect([unreadable, facts]).toEqual([2, 9]);
  });

  it('a relay that died between its send and its commit is not taken for a restore', async () => {
    const [bench] = benches as [RelayBench];
    await bench.database.query("UPDATE relay SET ends = '[]', position = 0");
    await refuse(bench);
  });

  it('a log that lacks what was published is refused, and its relay publishes nothing, until its epoch is raised', async () => {
    const [before] = benches as [RelayBench];
    const earlier = await open(await createLog(postgres));
    await earlier.append(['credential-a'], 2);
    await expect(refuse(earlier)).rejects.toThrow('the log of challenge lacks facts that it had published');
    const size = await before.size();
    const replica = await Replica.start(earlier.places);
    await eventually(
      () => replica.errors,
      ({ length }) => length > 0,
      30_000,
    );
    await replica.stop();
    expect([await before.size(), replica.errors]).toEqual([size, [expect.stringContaining('lacks facts')]]);
    expect(await isKnown(earlier)).toBe(false);

    const owner = await Database.open({ name: 'owner', url: ownerUrlOf(earlier), poolSize: 2 });
    await resumeLog(owner, service, { facts: [], epoch: 1 }).finally(() => owner.close());
    await refuse(earlier);
    expect(await isKnown(earlier)).toBe(true);
  });

  it('is known to be whole, without Kafka, while nothing can have been put in its place, and no longer', async () => {
    prefix = kafka.newPrefix();
    const url = await createLog(postgres);
    const [name, copy] = [new URL(url).pathname.slice(1), `${new URL(url).pathname.slice(1)}_brought_back`];
    const asSuperuser = async (at: string, ...statements: readonly string[]) => {
      const database = await Database.open({ name: 'superuser', url: postgres.superuserUrl(at), poolSize: 1 });
      for (const statement of statements) await database.query(statement);
      await database.close();
    };
    const bench = await open(url);
    await bench.append(['credential-a'], 2);
    expect(await isKnown(bench)).toBe(false);
    const learn = async () => {
      await refuse(bench);
      expect(await isKnown(bench)).toBe(true);
    };
    await learn();

    // Tables that were filled again, as pg_restore does it.
    await asSuperuser(
      name,
      'CREATE TABLE dump AS SELECT * FROM events',
      'TRUNCATE events',
      'INSERT INTO events SELECT * FROM dump',
    );
    expect(await isKnown(bench)).toBe(false);
    await learn();

    // A database that was made anew, from a copy of its files.
    await asSuperuser(
      'postgres',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      `CREATE DATABASE "${copy}" TEMPLATE "${name}"`,
    );
    const again = await open(Object.assign(new URL(url), { pathname: `/${copy}` }).href);
    expect([await isKnown(bench), await isKnown(again)]).toEqual([true, false]);

    // A server whose files were put back while it was stopped.
    await postgres.restart();
    expect(await isKnown(bench)).toBe(false);
  });

  const ownerUrlOf = ({ places }: RelayBench): string => postgres.superuserUrl(new URL(places.url).pathname.slice(1));
});
