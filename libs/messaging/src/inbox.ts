import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';

/** What a consumer has of one stream. */
export interface Seen {
  /** The epoch of the last fact that took effect or was discarded. */
  readonly epoch: number;
  /** The last version that took effect or was discarded; 0 for none. */
  readonly applied: number;
  /** The first version that is put aside, so that those after it wait; null for none. */
  readonly parked: number | null;
}

const unseen: Seen = { epoch: 1, applied: 0, parked: null };

/** What is to be done with the facts of a batch, each kind in the order of the log. Facts that were seen are in none. */
export interface Sorted {
  readonly due: readonly Fact[];
  /** Behind a fact of their stream that was put aside. */
  readonly waiting: readonly Fact[];
  /** Ahead of a fact of their stream that never came. */
  readonly ahead: ReadonlyArray<{ readonly fact: Fact; readonly expected: number }>;
  /** Streams with due facts before some that are put aside. */
  readonly catchingUp: ReadonlySet<string>;
}

/**
 * Sorts facts that cannot have been seen, without looking them up: all are due. Null when they do not follow each
 * other in their streams. That each stream begins where the inbox stands is for `advance` to say. Pure.
 */
export function sortAsNew(facts: readonly Fact[]): Sorted | null {
  const last = new Map<string, number>();
  for (const { stream, version } of facts) {
    const before = last.get(stream);
    if (before !== undefined && version !== before + 1) return null;
    last.set(stream, version);
  }
  return { due: facts, waiting: [], ahead: [], catchingUp: new Set() };
}

/**
 * Sorts facts by what their streams have seen (DESIGN §6.8). A fact that was missed, and comes after those that were put
 * aside for want of it, is due. In a newer epoch versions behind the backup are given out again: the fact that begins
 * it is due wherever it joins what was seen; whatever comes of an older one was seen (DESIGN §6.12). Pure.
 */
export function sortBySeen(facts: readonly Fact[], seen: ReadonlyMap<string, Seen>): Sorted {
  const due: Fact[] = [];
  const waiting: Fact[] = [];
  const ahead: Array<Sorted['ahead'][number]> = [];
  const catchingUp = new Set<string>();
  const moved = new Map<string, Seen>();
  for (const fact of facts) {
    const { epoch, applied, parked } = moved.get(fact.stream) ?? seen.get(fact.stream) ?? unseen;
    if (fact.epoch < epoch || (fact.epoch === epoch && fact.version <= applied)) continue;
    if (parked !== null && fact.version >= parked) {
      waiting.push(fact);
    } else if (fact.version > applied + 1) {
      ahead.push({ fact, expected: applied + 1 });
      moved.set(fact.stream, { epoch, applied, parked: fact.version });
    } else {
      due.push(fact);
      if (parked !== null) catchingUp.add(fact.stream);
      moved.set(fact.stream, { epoch: fact.epoch, applied: fact.version, parked });
    }
  }
  return { due, waiting, ahead, catchingUp };
}

/** One look at the primary key for each stream, however few streams there were when this was planned. */
const rowOf = (column: 'version' | 'epoch', stream: string): string =>
  `(SELECT i.${column} FROM inbox i WHERE i.consumer = $1 AND i.source = $2 AND i.stream = ${stream})`;

const versionsOfStreams = `SELECT stream, version, epoch
    FROM (SELECT stream, ${rowOf('version', 'asked.stream')} AS version, ${rowOf('epoch', 'asked.stream')} AS epoch
      FROM unnest($3::text[]) AS asked (stream)) AS found
    WHERE version IS NOT NULL`;
const parkedOfStreams = `SELECT stream, version FROM dead_letters
    WHERE consumer = $1 AND source = $2 AND state <> 'discarded' AND stream = ANY ($3::text[])`;
const lockParked = `${parkedOfStreams} ORDER BY stream, version FOR UPDATE SKIP LOCKED`;
const moveStreams = `INSERT INTO inbox (consumer, source, stream, version, epoch)
    SELECT $1, $2, stream, version, epoch FROM unnest($3::text[], $4::int[], $5::bigint[]) AS moved (stream, version, epoch)
    ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version, epoch = excluded.epoch
    WHERE (inbox.epoch, inbox.version) < (excluded.epoch, excluded.version)`;

/**
 * `$7` is {stream: [the version before the first, the epoch of the first]}. When its lock is given, the row must stand
 * there still: at that version, or, at the beginning of a newer epoch, not before it.
 */
const advanceStreams = `WITH found AS (
      SELECT moved.*, ${rowOf('version', 'moved.stream')} AS applied
        FROM unnest($3::text[], $4::int[], $5::int[], $6::bigint[]) AS moved (stream, first, version, epoch)),
    advanced AS (
      INSERT INTO inbox (consumer, source, stream, version, epoch)
      SELECT $1, $2, stream, version, epoch FROM found WHERE coalesce(applied, 0) >= first - 1
      ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version, epoch = excluded.epoch
      WHERE inbox.version = ($7::jsonb -> excluded.stream -> 0)::int
            AND inbox.epoch <= ($7::jsonb -> excluded.stream -> 1)::bigint
         OR inbox.version > ($7::jsonb -> excluded.stream -> 0)::int
            AND inbox.epoch < ($7::jsonb -> excluded.stream -> 1)::bigint
      RETURNING 1)
    SELECT count(*) AS streams FROM advanced`;

/** What of a fact tells where its stream goes on. */
export type StreamPlace = Pick<Fact, 'stream' | 'version' | 'epoch'>;

/** The last fact of each stream. */
const lastOf = (facts: readonly StreamPlace[]): readonly StreamPlace[] => [
  ...new Map(facts.map((fact) => [fact.stream, fact])).values(),
];

/** (consumer, source, stream) → the last epoch and version that took effect: drops duplicates, sees gaps, answers I8. */
export class Inbox {
  constructor(private readonly consumer: string) {}

  /**
   * What the streams have seen. Locks their facts that are put aside to the end of the transaction; null when someone
   * else is at work on one of them.
   */
  async read(transaction: Sql, source: string, streams: readonly string[]): Promise<Map<string, Seen> | null> {
    const parameters = [this.consumer, source, streams];
    // In this order: what was committed before the locks were given is seen by the two queries after it.
    const [locked, parked, versions] = await Promise.all([
      transaction.query<{ stream: string; version: number }>(lockParked, parameters),
      transaction.query<{ stream: string; version: number }>(parkedOfStreams, parameters),
      transaction.query<{ stream: string; version: number; epoch: number }>(versionsOfStreams, parameters),
    ]);
    if (locked.length < parked.length) return null;
    const seen = new Map<string, Seen>();
    for (const { stream, version, epoch } of versions) seen.set(stream, { epoch, applied: version, parked: null });
    // The first of each stream is written last.
    for (const { stream, version } of locked.toReversed()) {
      seen.set(stream, { ...(seen.get(stream) ?? unseen), parked: version });
    }
    return seen;
  }

  /** Moves each stream to the last of the given facts of it; never back. */
  async record(transaction: Sql, source: string, facts: readonly StreamPlace[]): Promise<void> {
    if (facts.length === 0) return;
    const last = lastOf(facts);
    await transaction.query(moveStreams, [
      this.consumer,
      source,
      last.map(({ stream }) => stream),
      last.map(({ version }) => version),
      last.map(({ epoch }) => epoch),
    ]);
  }

  /**
   * As `record`, if each stream stands right before the first of its facts, and nobody moves it meanwhile; otherwise
   * false, and roll back. So no fact takes effect twice, by however many ways and replicas it comes.
   */
  async advance(transaction: Sql, source: string, facts: readonly StreamPlace[]): Promise<boolean> {
    const first = new Map<string, StreamPlace>();
    for (const fact of facts) if (!first.has(fact.stream)) first.set(fact.stream, fact);
    const last = lastOf(facts);
    const [row] = await transaction.query<{ streams: number }>(advanceStreams, [
      this.consumer,
      source,
      last.map(({ stream }) => stream),
      last.map(({ stream }) => first.get(stream)?.version),
      last.map(({ version }) => version),
      last.map(({ epoch }) => epoch),
      JSON.stringify(
        Object.fromEntries([...first].map(([stream, { version, epoch }]) => [stream, [version - 1, epoch]])),
      ),
    ]);
    return row?.streams === first.size;
  }
}
