import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';

/** What a consumer has of one stream. */
export interface Seen {
  /** The last version that took effect or was discarded; 0 for none. */
  readonly applied: number;
  /** Whether a fact of the stream is put aside, so that those after it wait. */
  readonly blocked: boolean;
}

const unseen: Seen = { applied: 0, blocked: false };

/** What is to be done with the facts of a batch, each kind in the order of the log. Facts that were seen are in none. */
export interface Sorted {
  readonly due: readonly Fact[];
  /** Behind a fact of their stream that was put aside. */
  readonly waiting: readonly Fact[];
  /** Ahead of a fact of their stream that never came. */
  readonly ahead: ReadonlyArray<{ readonly fact: Fact; readonly expected: number }>;
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
  return { due: facts, waiting: [], ahead: [] };
}

/** Sorts facts by what their streams have seen (DESIGN §6.8). Pure. */
export function sortBySeen(facts: readonly Fact[], seen: ReadonlyMap<string, Seen>): Sorted {
  const due: Fact[] = [];
  const waiting: Fact[] = [];
  const ahead: Array<Sorted['ahead'][number]> = [];
  const moved = new Map<string, Seen>();
  for (const fact of facts) {
    const { applied, blocked } = moved.get(fact.stream) ?? seen.get(fact.stream) ?? unseen;
    if (fact.version <= applied) continue;
    if (blocked) {
      waiting.push(fact);
    } else if (fact.version > applied + 1) {
      ahead.push({ fact, expected: applied + 1 });
      moved.set(fact.stream, { applied, blocked: true });
    } else {
      due.push(fact);
      moved.set(fact.stream, { applied: fact.version, blocked: false });
    }
  }
  return { due, waiting, ahead };
}

/** One look at the primary key for each stream, however few streams there were when this was planned. */
const versionOf = (stream: string): string =>
  `(SELECT i.version FROM inbox i WHERE i.consumer = $1 AND i.source = $2 AND i.stream = ${stream})`;

const versionsOfStreams = `SELECT stream, version
    FROM (SELECT stream, ${versionOf('asked.stream')} AS version FROM unnest($3::text[]) AS asked (stream)) AS found
    WHERE version IS NOT NULL`;
const blockedStreams = `SELECT DISTINCT stream FROM dead_letters
    WHERE consumer = $1 AND source = $2 AND state <> 'discarded' AND stream = ANY ($3::text[])`;
const moveStreams = `INSERT INTO inbox (consumer, source, stream, version)
    SELECT $1, $2, stream, version FROM unnest($3::text[], $4::int[]) AS moved (stream, version)
    ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version
    WHERE inbox.version < excluded.version`;

const advanceStreams = `WITH found AS (
      SELECT moved.*, ${versionOf('moved.stream')} AS applied
        FROM unnest($3::text[], $4::int[], $5::int[]) AS moved (stream, first, version)),
    advanced AS (
      INSERT INTO inbox (consumer, source, stream, version)
      SELECT $1, $2, stream, version FROM found WHERE coalesce(applied, 0) = first - 1
      ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version
      WHERE inbox.version < excluded.version RETURNING 1)
    SELECT count(*) AS streams FROM advanced`;

/** (consumer, source, stream) → the last version that took effect: drops duplicates, sees gaps, answers I8. */
export class Inbox {
  constructor(private readonly consumer: string) {}

  async read(transaction: Sql, source: string, streams: readonly string[]): Promise<Map<string, Seen>> {
    const [versions, blocked] = await Promise.all([
      transaction.query<{ stream: string; version: number }>(versionsOfStreams, [this.consumer, source, streams]),
      transaction.query<{ stream: string }>(blockedStreams, [this.consumer, source, streams]),
    ]);
    const seen = new Map<string, Seen>(
      versions.map(({ stream, version }) => [stream, { applied: version, blocked: false }]),
    );
    for (const { stream } of blocked) seen.set(stream, { applied: seen.get(stream)?.applied ?? 0, blocked: true });
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

  /** As `record`, if each stream stands right before the first of its facts; otherwise false, and roll back. */
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
    ]);
    return row?.streams === first.size;
  }
}
