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

/** (consumer, source, stream) → the last version that took effect: drops duplicates, sees gaps, answers I8. */
export class Inbox {
  constructor(private readonly consumer: string) {}

  async read(transaction: Sql, source: string, streams: readonly string[]): Promise<Map<string, Seen>> {
    const rows = await transaction.query<{ stream: string; version: number | null; blocked: boolean }>(
      `SELECT wanted.stream, inbox.version, parked.stream IS NOT NULL AS blocked
       FROM unnest($3::text[]) AS wanted (stream)
       LEFT JOIN inbox ON inbox.consumer = $1 AND inbox.source = $2 AND inbox.stream = wanted.stream
       LEFT JOIN LATERAL (
         SELECT stream FROM dead_letters
         WHERE consumer = $1 AND source = $2 AND stream = wanted.stream AND state <> 'discarded' LIMIT 1
       ) AS parked ON true
       WHERE inbox.version IS NOT NULL OR parked.stream IS NOT NULL`,
      [this.consumer, source, streams],
    );
    return new Map(rows.map(({ stream, version, blocked }) => [stream, { applied: version ?? 0, blocked }]));
  }

  /** Moves each stream to the last of the given facts of it; never back. */
  async record(
    transaction: Sql,
    source: string,
    facts: ReadonlyArray<Pick<Fact, 'stream' | 'version'>>,
  ): Promise<void> {
    if (facts.length === 0) return;
    const versions = new Map(facts.map(({ stream, version }) => [stream, version]));
    await transaction.query(
      `INSERT INTO inbox (consumer, source, stream, version)
       SELECT $1, $2, stream, version FROM unnest($3::text[], $4::int[]) AS moved (stream, version)
       ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version
       WHERE inbox.version < excluded.version`,
      [this.consumer, source, [...versions.keys()], [...versions.values()]],
    );
  }
}
