import { parsePosition, type Position, type Service } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';

export interface InboxReaderOptions {
  readonly database: Sql;
  /** Wakes waiting reads; a strategy's `onCommit`. Commits of other replicas are seen by looking again. */
  readonly onCommit: (listener: () => void) => () => void;
}

/** Milliseconds between looks for commits of other replicas. */
const lookAgainEvery = 50;

type Wanted = Position & { readonly source: Service };

/** Answers whether a consumer has already taken what a caller has written (I8). */
export class InboxReader {
  constructor(private readonly options: InboxReaderOptions) {}

  /**
   * Resolves true once `consumer` has taken every position into effect, false after `timeoutMilliseconds`. What it has
   * seen of an older epoch is not what a position of a newer one asks for (DESIGN §6.12). Throws RangeError for a position
   * that is malformed or of a stream that no service owns.
   */
  async waitFor(consumer: string, positions: readonly string[], timeoutMilliseconds: number): Promise<boolean> {
    const wanted = positions.map(parsePosition);
    const until = performance.now() + timeoutMilliseconds;
    for (;;) {
      const next = this.nextCommit(Math.min(lookAgainEvery, until - performance.now()));
      try {
        if (await this.hasAll(consumer, wanted)) return true;
        if (performance.now() >= until) return false;
        await next.happened;
      } finally {
        next.forget();
      }
    }
  }

  private async hasAll(consumer: string, wanted: readonly Wanted[]): Promise<boolean> {
    if (wanted.length === 0) return true;
    const [row] = await this.options.database.query<{ missing: boolean }>(
      `SELECT EXISTS (
         SELECT FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[]) AS wanted (source, stream, version, epoch)
         WHERE NOT EXISTS (
           SELECT FROM inbox WHERE inbox.consumer = $1 AND inbox.source = wanted.source
             AND inbox.stream = wanted.stream
             AND (inbox.epoch, inbox.version) >= (wanted.epoch, wanted.version))) AS missing`,
      [
        consumer,
        wanted.map(({ source }) => source),
        wanted.map(({ stream }) => stream),
        wanted.map(({ version }) => version),
        wanted.map(({ epoch }) => epoch),
      ],
    );
    return row?.missing === false;
  }

  /** Listens from now on, so that a commit during the look is not missed. */
  private nextCommit(milliseconds: number): { readonly happened: Promise<void>; readonly forget: () => void } {
    let forget = (): void => undefined;
    const happened = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      const stop = this.options.onCommit(resolve);
      forget = () => {
        clearTimeout(timer);
        stop();
      };
    });
    return { happened, forget };
  }
}
