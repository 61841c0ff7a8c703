import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';

/** How far the log was published to a topic. */
export interface Published {
  /** Everything up to here was sent or is held; 0 for nothing. */
  readonly position: number;
  /** How often the topic was filled from the beginning. */
  readonly generation: number;
  /** By partition, the offset behind the last message that was sent to it; empty before the topic was first seen. */
  readonly ends: readonly number[];
}

/** The first fact of a stream that is held, with all later ones of the stream behind it. */
export interface Held {
  readonly position: number;
  readonly stream: string;
  readonly due: boolean;
}

/** Seconds between the tries of a fact that is too large: someone must allow larger ones first. */
const heldFor = 60;

/**
 * The run of the server, the database in it, and the file of the events. Whoever brings back files of the server must stop
 * it; a database is made anew, and tables that are filled again get a new file. None of it tells that this happened: a server
 * restarts for other reasons too. But while all three are the same, it cannot have.
 */
const place = `concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()),
    (SELECT oid FROM pg_database WHERE datname = current_database()), pg_relation_filenode('events'))`;

const claim = 'SELECT position, generation, ends FROM relay WHERE topic = $1 FOR UPDATE SKIP LOCKED';
const move = 'UPDATE relay SET position = $2, ends = $3 WHERE topic = $1';
const firstHeld = `SELECT DISTINCT ON (stream) position, stream, next_attempt_at <= now() AS due
    FROM relay_held WHERE topic = $1 ORDER BY stream, position`;

/** Where the relay of a topic stands. Whoever has claimed it is the only one at work until the transaction ends. */
export class RelayPosition {
  constructor(private readonly topic: string) {}

  async ensure(sql: Sql): Promise<void> {
    await sql.query('INSERT INTO relay (topic) VALUES ($1) ON CONFLICT (topic) DO NOTHING', [this.topic]);
  }

  /** Where the log lies now. It is elsewhere when anything was put in its place. */
  async place(sql: Sql): Promise<string> {
    const [row] = await sql.query<{ place: string }>(`SELECT ${place} AS place`);
    if (!row) throw new Error('PostgreSQL does not say where the log lies');
    return row.place;
  }

  /** Notes that the log that lies there has what was published, or, with null, that this is not so. */
  async noteWhole(sql: Sql, where: string | null): Promise<void> {
    await sql.query(
      `INSERT INTO relay (topic, whole_in) VALUES ($1, $2)
       ON CONFLICT (topic) DO UPDATE SET whole_in = excluded.whole_in`,
      [this.topic, where],
    );
  }

  /** Whether the log is empty, or lies where it was known to have what was published: no backup came back since. */
  async isKnownWhole(sql: Sql): Promise<boolean> {
    const [row] = await sql.query<{ known: boolean }>(
      `SELECT (SELECT position FROM log_head) = 0
           OR EXISTS (SELECT FROM relay WHERE topic = $1 AND whole_in = ${place}) AS known`,
      [this.topic],
    );
    return row?.known === true;
  }

  /** By partition, the offset behind the last message that is known to have been sent; waits for nobody. */
  async ends(sql: Sql): Promise<readonly number[]> {
    const [row] = await sql.query<Pick<Published, 'ends'>>('SELECT ends FROM relay WHERE topic = $1', [this.topic]);
    return row?.ends ?? [];
  }

  /** Null when another replica is at work. */
  async claim(transaction: Sql): Promise<Published | null> {
    const [row] = await transaction.query<Published>(claim, [this.topic]);
    return row ?? null;
  }

  async move(transaction: Sql, position: number, ends: readonly number[]): Promise<void> {
    await transaction.query(move, [this.topic, position, JSON.stringify(ends)]);
  }

  /** Everything is to be published again, as a new generation. */
  async beginAnew(transaction: Sql): Promise<void> {
    await transaction.query(
      `UPDATE relay SET position = 0, generation = generation + 1, ends = '[]' WHERE topic = $1`,
      [this.topic],
    );
    await transaction.query('DELETE FROM relay_held WHERE topic = $1', [this.topic]);
  }

  /** The streams that are held, each with the fact that it waits for. */
  held(transaction: Sql): Promise<readonly Held[]> {
    return transaction.query<Held>(firstHeld, [this.topic]);
  }

  /** Puts facts aside, the first of a stream because of its size, later ones because they come after it. */
  async hold(transaction: Sql, facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    await transaction.query(
      `INSERT INTO relay_held (topic, position, stream, next_attempt_at)
       SELECT $1, position, stream, now() + make_interval(secs => $4)
       FROM unnest($2::bigint[], $3::text[]) AS fact (position, stream)`,
      [this.topic, facts.map(({ position }) => position), facts.map(({ stream }) => stream), heldFor],
    );
  }

  /** Notes that a held fact was sent: the next of its stream is due. */
  async release(transaction: Sql, { position, stream }: Held): Promise<void> {
    await transaction.query('DELETE FROM relay_held WHERE topic = $1 AND position = $2', [this.topic, position]);
    await transaction.query(
      `UPDATE relay_held SET next_attempt_at = now() WHERE topic = $1 AND position =
         (SELECT min(position) FROM relay_held WHERE topic = $1 AND stream = $2)`,
      [this.topic, stream],
    );
  }

  async holdLonger(transaction: Sql, { position }: Held): Promise<void> {
    await transaction.query(
      `UPDATE relay_held SET next_attempt_at = now() + make_interval(secs => $3) WHERE topic = $1 AND position = $2`,
      [this.topic, position, heldFor],
    );
  }

  /** Up to which position everything was sent or is held, and how many facts are held. */
  async progress(sql: Sql): Promise<{ readonly position: number; readonly held: number }> {
    const [row] = await sql.query<{ position: number; held: number }>(
      `SELECT position, (SELECT count(*) FROM relay_held h WHERE h.topic = relay.topic) AS held
       FROM relay WHERE topic = $1`,
      [this.topic],
    );
    return row ?? { position: 0, held: 0 };
  }
}
