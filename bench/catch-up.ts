import type { Fact } from '@cofactor/contracts';
import { eventStoreMigrations, PostgresFactLog, type Database } from '@cofactor/event-store';
import { messagingMigrations, PostgresLogStrategy } from '@cofactor/messaging';
import { types, type Client, type CustomTypesConfig } from 'pg';
import { extendLog } from './challenge-log';
import { startServer, withClient, withDatabase } from './databases';
import { compare, type Measurement, type Result } from './measure';
import type { Scale } from './scale';

/** As many facts in one read, and in one transaction of the consumer, as by default. */
const batch = 1_000;
const consumer = 'bench';

const silence = { info: () => undefined, warn: () => undefined, error: () => undefined };
const noMetrics = { handled: () => undefined, setAside: () => undefined, interrupted: () => undefined };

/** A consumer that is new takes the whole log; its handler only counts. Answers facts per second. */
async function catchUp(database: Database, log: PostgresFactLog, length: number): Promise<number> {
  const transport = new PostgresLogStrategy({
    consumer,
    database,
    sources: [{ service: 'challenge', log }],
    logger: silence,
    metrics: noMetrics,
    batchSize: batch,
  });
  let handled = 0;
  const count = async (fact: Fact) => {
    if (fact.version > 0) handled += 1;
  };
  transport.addHandler('*', count, true);
  const began = performance.now();
  await new Promise<void>((resolve) => {
    transport.onCommit(() => {
      if (handled >= length) resolve();
    });
    transport.listen(() => undefined);
  });
  const rate = (length / (performance.now() - began)) * 1000;
  await transport.close();
  if (handled !== length) throw new Error(`${handled} facts were handled, of ${length}`);
  return rate;
}

/** Instants stay the text that they come as, which costs least. */
const getTypeParser: CustomTypesConfig['getTypeParser'] = (oid, format): unknown =>
  oid === types.builtins.TIMESTAMPTZ ? (text: string) => text : types.getTypeParser(oid, format);

/** The same rows with nothing behind them: read by key, parsed, forgotten. Answers facts per second. */
const keysetReading = (client: Client, length: number): Measurement => {
  const page = {
    name: 'keyset',
    text: `SELECT position, stream, version, type, schema_version, id, at, envelope, data
      FROM events WHERE position > $1 ORDER BY position LIMIT ${batch}`,
  };
  return async () => {
    const began = performance.now();
    let after = 0;
    while (after < length) {
      const { rows } = await client.query<{ position: string }>({ ...page, values: [after], types: { getTypeParser } });
      after = Number(rows.at(-1)?.position ?? Infinity);
    }
    return (length / (performance.now() - began)) * 1000;
  };
};

/** Facts per second of a consumer that begins at the start of the log, against reading the rows and nothing else. */
export async function* catchUpBench({ rounds, logLengths }: Scale): AsyncGenerator<Result> {
  const server = await startServer();
  try {
    const log = await server.createDatabase('challenge_log', eventStoreMigrations);
    const own = await server.createDatabase('consumer', messagingMigrations);
    for (const length of logLengths) {
      await extendLog(log.ownerUrl, length);
      yield await withClient(log.url, (reader) =>
        withDatabase({ name: 'log', url: log.url, poolSize: 3 }, (source) =>
          withDatabase({ name: 'consumer', url: own.url, poolSize: 3 }, (database) =>
            compare({
              name: `catch-up, a log of ${length.toLocaleString('en-GB')}`,
              unit: 'facts/s',
              better: 'more',
              rounds: length > 500_000 ? Math.min(rounds, 3) : rounds,
              ours: async () => {
                await withClient(own.ownerUrl, (owner) => owner.query('TRUNCATE inbox, consumer_offsets'));
                return catchUp(database, new PostgresFactLog({ database: source, service: 'challenge' }), length);
              },
              floor: keysetReading(reader, length),
              aim: { shareOfFloor: 0.7 },
            }),
          ),
        ),
      );
    }
  } finally {
    await server.stop();
  }
}
