import type { Sql } from '@cofactor/event-store';

/** The consumer's own database: its effects, inbox, offsets and dead letters are committed together. */
export interface ConsumerDatabase extends Sql {
  /** Commits what `run` did when it resolves, rolls it back when it rejects. */
  transaction<Result>(run: (transaction: Sql) => Promise<Result>): Promise<Result>;
}
