import type { SideRow } from '@cofactor/event-sourcing';
import { isCheckViolation, type Sql } from '@cofactor/event-store';
import type { KeyedHashes } from '@cofactor/secret-vault';
import type { Ceiling } from '../domain/sending-ceilings';

/** Counts whose window is over, that one commit takes away: more than it adds. */
const takenAway = 20;

/**
 * How many codes went to whom. Kept in PostgreSQL under keyed fingerprints, so that losing Redis forgives nothing and
 * nobody reads a number from them (I4).
 */
export class SentCounts {
  constructor(
    private readonly database: Sql,
    private readonly keyedHashes: Pick<KeyedHashes, 'fingerprint'>,
  ) {}

  /**
   * Counts one code towards each of these, in the commit of its request. At a ceiling the row is refused by the check of
   * its table and with it the whole commit, so that of codes asked for at once none slips through.
   */
  rowsFor(ceilings: readonly Ceiling[], now: Date): readonly SideRow[] {
    const at = now.toISOString();
    const rows = ceilings.map(({ of, most, seconds }) => ({
      sql: `INSERT INTO sent_counts AS counted (fingerprint, sent, most, ends_at) VALUES ($1, 1, $2, $3)
            ON CONFLICT (fingerprint) DO UPDATE SET
              sent = CASE WHEN counted.ends_at <= $4 THEN 1 ELSE counted.sent + 1 END,
              ends_at = CASE WHEN counted.ends_at <= $4 THEN excluded.ends_at ELSE counted.ends_at END,
              most = excluded.most`,
      parameters: [this.fingerprint(of), most, new Date(now.getTime() + seconds * 1000).toISOString(), at],
    }));
    const over = `DELETE FROM sent_counts WHERE fingerprint IN (
      SELECT fingerprint FROM sent_counts WHERE ends_at <= $1 ORDER BY ends_at LIMIT ${takenAway})`;
    return [{ sql: over, parameters: [at] }, ...rows];
  }

  /** Whether a commit failed because one of its counts is at its ceiling. */
  isOver(error: unknown): boolean {
    return isCheckViolation(error, 'sent_counts_within_ceiling');
  }

  /** Those of the ceilings that are reached, and the seconds until none of them is; at least 1. */
  async reached(ceilings: readonly Ceiling[], now: Date) {
    const full = await this.database.query<{ fingerprint: string; ends_at: string }>(
      'SELECT fingerprint, ends_at FROM sent_counts WHERE fingerprint = ANY ($1) AND sent >= most AND ends_at > $2',
      [ceilings.map(({ of }) => this.fingerprint(of)), now.toISOString()],
    );
    const kinds = ceilings
      .filter(({ of }) => full.some(({ fingerprint }) => fingerprint === this.fingerprint(of)))
      .map(({ kind }) => kind);
    const last = Math.max(now.getTime(), ...full.map(({ ends_at }) => Date.parse(ends_at)));
    return { kinds, seconds: Math.max(1, Math.ceil((last - now.getTime()) / 1000)) };
  }

  private fingerprint(of: string): string {
    return this.keyedHashes.fingerprint('sent codes', of);
  }
}
