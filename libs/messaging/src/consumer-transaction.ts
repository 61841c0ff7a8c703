import type { Fact } from '@cofactor/contracts';
import type { ConsumerDatabase } from './consumer-database';
import {
  ConsumerClosing,
  DatabaseUnavailable,
  failureText,
  InboxUnexpected,
  isDatabaseFault,
  sqlState,
} from './failures';
import { GuardedTransaction } from './guarded-transaction';

/** How far a transaction has come, so that its failure can be told apart. */
export interface Progress {
  stage: 'claiming' | 'handling' | 'recording';
  /** The fact in hand. */
  fact: Fact | null;
}

/** The facts made the transaction fail, not the database. It is rolled back. */
export interface Failed {
  readonly kind: 'failed';
  /** The one whose handler failed; null when it may be any of the batch. */
  readonly fact: Fact | null;
  readonly error: unknown;
}

/** Constraints checked at the commit, a transaction that a handler broke and went on with: the facts' doing. */
const handlersDoing = new Set(['23', '25', 'P0']);

/** Runs a consumer's transactions and tells a fact's failure from the database's and from the end of the work. */
export class ConsumerTransactions {
  constructor(
    private readonly database: ConsumerDatabase,
    private readonly closing: AbortSignal,
  ) {}

  /** Throws DatabaseUnavailable, or ConsumerClosing when the signal is aborted; the transaction is rolled back then. */
  async run<Outcome>(
    work: (transaction: GuardedTransaction, progress: Progress) => Promise<Outcome>,
  ): Promise<Outcome | Failed> {
    const progress: Progress = { stage: 'claiming', fact: null };
    const opened: GuardedTransaction[] = [];
    try {
      return await this.database.transaction(async (transaction) => {
        const guarded = new GuardedTransaction(transaction);
        opened.push(guarded);
        try {
          return await unlessAborted(this.closing, work(guarded, progress));
        } finally {
          guarded.close();
        }
      });
    } catch (error) {
      if (this.closing.aborted) throw new ConsumerClosing('closed in the middle of a batch');
      if (opened.some(({ databaseFailed }) => databaseFailed) || isPassing(error, progress)) {
        throw new DatabaseUnavailable(failureText(error).message);
      }
      return { kind: 'failed', fact: progress.fact, error };
    }
  }
}

function isPassing(error: unknown, { stage }: Progress): boolean {
  if (error instanceof InboxUnexpected) return false;
  if (isDatabaseFault(error) || stage === 'claiming') return true;
  return stage === 'recording' && !handlersDoing.has(sqlState(error)?.slice(0, 2) ?? '');
}

/** Settles as `work` does, or rejects as soon as the signal is aborted; then nobody listens to `work` any more. */
async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new ConsumerClosing('closed in the middle of a batch'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
