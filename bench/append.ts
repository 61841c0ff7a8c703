import { eventStoreMigrations, PostgresEventStore } from '@cofactor/event-store';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startServer, withClient, withDatabase } from './databases';
import { compare, type Measurement, type Result } from './measure';
import { aPassedChallenge, aUnit, snapshotState } from './sample-facts';
import type { Scale } from './scale';

/** Appends under way at once: also the rows in one commit, since those that wait are gathered into the next one. */
const concurrent = [16, 64, 256] as const;
const singleConnections = 16;

const rawTables = `
  CREATE TABLE raw_events (LIKE events INCLUDING ALL);
  CREATE SEQUENCE raw_position;
  CREATE TABLE raw_streams (LIKE streams INCLUDING ALL)`;

const eventColumns = 'position, stream, version, type, schema_version, id, at, envelope, data';

/** Of VALUES and of arrays with unnest, as text and in binary, none was faster than another. */
const manyRows = (rows: number) => ({
  name: `raw-many-${rows}`,
  text: `INSERT INTO raw_events (${eventColumns}) VALUES ${Array.from({ length: rows }, (_none, row) => placeholders(row)).join(', ')}`,
});
const placeholders = (row: number): string =>
  `(nextval('raw_position'), ${Array.from({ length: 8 }, (_none, column) => `$${row * 8 + column + 1}`).join(', ')})`;

const manyStreams = {
  name: 'raw-many-streams',
  text: `INSERT INTO raw_streams (stream, version, state_version, snapshot)
    SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::jsonb[])
    ON CONFLICT (stream) DO UPDATE SET version = excluded.version, snapshot = excluded.snapshot`,
};
const oneRow = {
  name: 'raw-one',
  text: `INSERT INTO raw_events (${eventColumns}) VALUES (nextval('raw_position'), $1, $2, $3, $4, $5, $6, $7, $8)`,
};

const rowOf = (stream: string, version: number) => {
  const { type, schemaVersion, id, at, envelope, data } = aPassedChallenge();
  return [stream, version, type, schemaVersion, id, at, JSON.stringify(envelope), JSON.stringify(data)] as const;
};

/** Calls `work` one after the other until the time is over; answers how often it did in a second. */
async function rateOf(seconds: number, lanes: number, work: (lane: number, turn: number) => Promise<number>) {
  const began = performance.now();
  const until = began + seconds * 1000;
  let done = 0;
  const lane = async (number: number) => {
    for (let turn = 0; performance.now() < until; turn += 1) {
      const count = await work(number, turn);
      done += count;
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_none, number) => lane(number)));
  return (done / (performance.now() - began)) * 1000;
}

const throughTheStore = (store: PostgresEventStore, lanes: number, seconds: number): Measurement => {
  return () => {
    const streams = Array.from({ length: lanes }, () => `credential-${randomUUID()}`);
    return rateOf(seconds, lanes, async (lane, turn) => {
      await store.append(aUnit(streams[lane] ?? '', turn));
      return 1;
    });
  };
};

const inManyRows = (client: Client, rows: number, seconds: number, withStreams: boolean): Measurement => {
  const insert = manyRows(rows);
  return () => {
    const streams = Array.from({ length: rows }, () => `credential-${randomUUID()}`);
    return rateOf(seconds, 1, async (_lane, turn) => {
      const values = streams.flatMap((stream) => rowOf(stream, turn + 1));
      if (!withStreams) {
        await client.query({ ...insert, values });
        return rows;
      }
      const snapshots = streams.map(() => JSON.stringify(snapshotState));
      const versions = streams.map(() => turn + 1);
      await client.query('BEGIN');
      await client.query({ ...insert, values });
      await client.query({ ...manyStreams, values: [streams, versions, streams.map(() => 1), snapshots] });
      await client.query('COMMIT');
      return rows;
    });
  };
};

const inSingleRows = (clients: readonly Client[], seconds: number): Measurement => {
  return () => {
    const streams = clients.map(() => `credential-${randomUUID()}`);
    return rateOf(seconds, clients.length, async (lane, turn) => {
      await clients[lane]?.query({ ...oneRow, values: [...rowOf(streams[lane] ?? '', turn + 1)] });
      return 1;
    });
  };
};

/** Facts per second into the log, against bare INSERTs of the same rows into a table of the same shape. */
export async function* append({ rounds, seconds }: Scale): AsyncGenerator<Result> {
  const server = await startServer();
  try {
    const { url, ownerUrl } = await server.createDatabase('append', eventStoreMigrations);
    await withClient(ownerUrl, (owner) => owner.query(rawTables));
    const clients = Array.from({ length: singleConnections }, () => new Client(ownerUrl));
    await Promise.all(clients.map((client) => client.connect()));
    const [raw] = clients;
    if (!raw) throw new Error('no connection');
    for (const lanes of concurrent) {
      yield await withDatabase({ name: 'bench', url, poolSize: 4 }, (database) =>
        compare({
          name: `append, ${lanes} at once`,
          unit: 'facts/s',
          better: 'more',
          rounds,
          ours: throughTheStore(new PostgresEventStore({ database, service: 'challenge' }), lanes, seconds),
          floor: inManyRows(raw, lanes, seconds, false),
          peers: {
            [`single INSERTs, ${singleConnections} connections`]: inSingleRows(clients, seconds),
            'multi-row INSERT with stream rows': inManyRows(raw, lanes, seconds, true),
          },
          aim: { shareOfFloor: 0.6 },
        }),
      );
    }
    await Promise.all(clients.map((client) => client.end()));
  } finally {
    await server.stop();
  }
}
