import type { Sql } from '@cofactor/event-store';
import { Inbox } from './inbox';
import { epochOf, releaseNext } from './parked-facts';
import type { ConsumerDatabase } from './consumer-database';

export type DeadLetterState = 'retrying' | 'waiting' | 'dead' | 'discarded';

/** A fact that was put aside. Holds no data of the fact. */
export interface DeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly source: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly state: DeadLetterState;
  readonly attempts: number;
  /** RFC 3339; null unless a further try is planned. */
  readonly nextAttemptAt: string | null;
  readonly error: string | null;
  readonly discardReason: string | null;
}

/** An operator's request that cannot be met; the message says why. */
export class DeadLetterRefused extends Error {
  override readonly name = 'DeadLetterRefused';
}

type Letter = Pick<DeadLetter, 'id' | 'consumer' | 'source' | 'stream' | 'version' | 'state'> & {
  readonly epoch: number;
};

/** What an operator sees of facts that were put aside, and can do about them. Consumers may run meanwhile. */
export class DeadLetters {
  constructor(private readonly database: ConsumerDatabase) {}

  /** All that is put aside or was discarded, by stream and in the stream's order. */
  list(): Promise<readonly DeadLetter[]> {
    return this.database.query<DeadLetter>(
      `SELECT id::text, consumer, source, stream, version, fact ->> 'type' AS type, state, attempts,
         CASE WHEN state = 'retrying' THEN next_attempt_at END AS "nextAttemptAt",
         error_name || coalesce(' ' || error_code, '') || ': ' || error_message AS error,
         discard_reason AS "discardReason"
       FROM dead_letters ORDER BY consumer, source, stream, version`,
    );
  }

  /** Has the fact tried again now, with all its attempts before it. Refused unless it is the first of its stream. */
  async retry(id: string): Promise<void> {
    await this.change(id, async (transaction) => {
      await transaction.query(
        `UPDATE dead_letters SET state = 'retrying', attempts = 0, next_attempt_at = now(), changed_at = now()
         WHERE id = $1`,
        [id],
      );
    });
  }

  /** Gives the fact up: it never takes effect here, its row stays with the reason, and its stream goes on. */
  async discard(id: string, reason: string): Promise<void> {
    if (reason.trim() === '') throw new DeadLetterRefused('say why it is discarded');
    await this.change(id, async (transaction, letter) => {
      await transaction.query(
        `UPDATE dead_letters SET state = 'discarded', next_attempt_at = NULL, discard_reason = $2, changed_at = now()
         WHERE id = $1`,
        [id, reason.trim()],
      );
      await new Inbox(letter.consumer).record(transaction, letter.source, [letter]);
      await releaseNext(transaction, letter.consumer, letter.source, letter.stream);
    });
  }

  private async change(id: string, run: (transaction: Sql, letter: Letter) => Promise<void>): Promise<void> {
    if (!/^\d{1,18}$/.test(id)) throw new DeadLetterRefused(`there is no dead letter ${id}`);
    return this.database.transaction(async (transaction) => {
      const letter = await this.find(transaction, id);
      if (letter.state === 'discarded') throw new DeadLetterRefused(`dead letter ${id} is already discarded`);
      if (letter.state === 'waiting') {
        throw new DeadLetterRefused(
          `dead letter ${id} waits behind an earlier one of ${letter.stream}: begin with that`,
        );
      }
      await run(transaction, letter);
    });
  }

  /** Locks it: a batch or retry in work on it, which may be putting further facts of the stream aside, ends before. */
  private async find(transaction: Sql, id: string): Promise<Letter> {
    const [letter] = await transaction.query<Letter>(
      `SELECT id::text, consumer, source, stream, version, state, ${epochOf('fact')} AS epoch
       FROM dead_letters WHERE id = $1 FOR UPDATE`,
      [id],
    );
    if (!letter) throw new DeadLetterRefused(`there is no dead letter ${id}`);
    return letter;
  }
}
