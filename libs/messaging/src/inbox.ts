import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';

/** What a consumer has of one stream. */
export interface Seen {
  /** The last version that took effect or was discarded; 0 for none. */
  readonly applied: number;
  /** The first version that is put aside, so that those after it wait; null for none. */
  readonly parked: number | null;
}

const unseen: Seen = { applied: 0, parked: null };

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
 * aside for want of it, is due. Pure.
 */
export function sortBySeen(facts: readonly Fact[], seen: ReadonlyMap<string, Seen>): Sorted {
  const due: Fact[] = [];
  const waiting: Fact[] = [];
  const ahead: Array<Sorted['ahead'][number]> = [];
  const catchingUp = new Set<string>();
  const moved = new Map<string, Seen>();
  for (const fact of facts) {
    const { applied, parked } = moved.get(fact.stream) ?? seen.get(fact.stream) ?? unseen;
    if (fact.version <= applied) continue;
    if (parked !== null && fact.version >= parked) {
      waiting.push(fact);
    } else if (fact.version > applied + 1) {
      ahead.push({ fact, expected: applied + 1 });
      moved.set(fact.stream, { applied, parked: fact.version });
    } else {
      due.push(fact);
      if (parked !== null) catchingUp.add(fact.stream);
      moved.set(fact.stream, { applied: fact.version, parked });
    }
  }
  return { due, waiting, ahead, catchingUp };
}

/** One look at the primary key for each stream, however few streams there were when this was planned. */
const versionOf = (stream: string): string =>
  `(SELECT i.version FROM inbox i WHERE i.consumer = $1 AND i.source = $2 AND i.stream = ${stream})`;

const versionsOfStreams = `SELECT stream, version
    FROM (SELECT stream, ${versionOf('asked.stream')} AS version FROM unnest($3::text[]) AS asked (stream)) AS found
    WHERE version IS NOT NULL`;
const parkedOfStreams = `SELECT stream, version FROM dead_letters
    WHERE consumer = $1 AND source = $2 AND state <> 'discarded' AND stream = ANY ($3::text[])`;
const lockParked = `${parkedOfStreams} ORDER BY stream, version FOR UPDATE SKIP LOCKED`;
const moveStreams = `INSERT INTO inbox (consumer, source, stream, version)
    SELECT $1, $2, stream, version FROM unnest($3::text[], $4::int[]) AS moved (stream, version)
    ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version
    WHERE inbox.version < excluded.version`;

/** `$6` is {stream: the version before the first}: the row must stand there still when its lock is given. */
const advanceStreams = `WITH found AS (
      SELECT moved.*, ${versionOf('moved.stream')} AS applied
        FROM unnest($3::text[], $4::int[], $5::int[]) AS moved (stream, first, version)),
    advanced AS (
      INSERT INTO inbox (consumer, source, stream, version)
      SELECT $1, $2, stream, version FROM found WHERE coalesce(applied, 0) = first - 1
      ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version
      WHERE inbox.version = ($6::jsonb -> excluded.stream)::int RETURNING 1)
    SELECT count(*) AS streams FROM advanced`;

/** (consumer, source, stream) → the last version that took effect: drops duplicates, sees gaps, answers I8. */
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
      transaction.query<{ stream: string; version: number }>(versionsOfStreams, parameters),
    ]);
    if (locked.length < parked.length) return null;
    const seen = new Map<string, Seen>();
    for (const { stream, version } of versions) seen.set(stream, { applied: version, parked: null });
    // The first of each stream is written last.
    for (const { stream, version } of locked.toReversed()) {
      seen.set(stream, { applied: seen.get(stream)?.applied ?? 0, parked: version });
    }
    return seen;
  }

  /** Moves each stream to the last of the given facts of it; never back. */
  async record(
    transaction: Sql,
    source: string,
    facts: ReadonlyArray<Pick<Fact, 'stream' | 'version'>>,
  ): Promise<void> {
    if (facts.length === 0) return;
    const versions = new Map(facts.map(({ stream, version }) => [stream, version]));
    await transaction.query(moveStreams, [this.consumer, source, [...versions.keys()], [...versions.values()]]);
  }

  /**
   * As `record`, if each stream stands right before the first of its facts, and nobody moves it meanwhile; otherwise
   * false, and roll back. So no fact takes effect twice, by however many ways and replicas it comes.
   */
  async advance(
    transaction: Sql,
    source: string,
    facts: ReadonlyArray<Pick<Fact, 'stream' | 'version'>>,
  ): Promise<boolean> {
    const first = new Map<string, number>();
    const last = new Map<string, number>();
    for (const { stream, version } of facts) {
      if (!first.has(stream)) first.set(stream, version);
      last.set(stream, version);
    }
    const [row] = await transaction.query<{ streams: number }>(advanceStreams, [
      this.consumer,
      source,
      [...first.keys()],
      [...first.values()],
      [...last.values()],
      JSON.stringify(Object.fromEntries([...first].map(([stream, version]) => [stream, version - 1]))),
    ]);
    return row?.streams === first.size;
  }
}
