import type { Fact } from '@cofactor/contracts';

/** The log of one service, as a consumer reads it. */
export interface FactLog {
  /** Facts with a position above `after`, in commit order, without gaps (I1); at most `limit`. */
  readAll(after: number, limit: number): Promise<readonly Fact[]>;
  /** The position of the newest committed fact; 0 for an empty log. */
  head(): Promise<number>;
  /** Calls `listener` soon after each commit; calls may be lost or merged. The answer ends it. */
  onAppend(listener: () => void): () => Promise<void>;
}
