import type { Fact } from '@cofactor/contracts';
import { Database, PostgresFactLog } from '@cofactor/event-store';
import { destroyingLogs, destroysInSql } from '@cofactor/service-host';
import { ConfigurationError, describeError, type Logger } from '@cofactor/service-kit';
import { databaseOf } from './database-roles';
import type { LocalDatabases } from './local-databases';
import { journalOf, readTombstones, TombstoneJournal } from './tombstone-journal';

/** Milliseconds in which facts gather, and after which a copy that failed is tried again. */
const gathering = 50;
const retryEvery = 1_000;
const factsAtOnce = 500;

/**
 * Copies each fact that destroys something from the logs into the journal, within a tenth of a second of its commit; the
 * answer ends that, with all of them copied. Throws ConfigurationError where the journal knows facts that a log has not:
 * then the databases came back from a backup and what was destroyed since would be alive.
 */
export async function keepTombstones(
  home: string,
  { urlOf }: Pick<LocalDatabases, 'urlOf'>,
  logger: Logger,
): Promise<() => Promise<void>> {
  const { facts } = await readTombstones(home);
  const journal = await TombstoneJournal.open(home);
  const copies: LogCopy[] = [];
  const close = async () => {
    await Promise.all(copies.map((copy) => copy.close()));
    await journal.close();
  };
  try {
    for (const service of destroyingLogs) {
      const name = databaseOf[service];
      const database = await Database.open({ name: `${service} tombstones`, url: urlOf(name, name), poolSize: 1 });
      const copy = new LogCopy(database, new PostgresFactLog({ database, service }), journal, logger);
      copies.push(copy);
      await copy.refuseToLackAnyOf(
        facts.filter((fact) => fact.service === service),
        home,
      );
      await copy.start();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

class LogCopy {
  private after = 0;
  private timer: NodeJS.Timeout | null = null;
  private copying: Promise<void> = Promise.resolve();
  private closed = false;
  private stopListening: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: PostgresFactLog,
    private readonly journal: TombstoneJournal,
    private readonly logger: Logger,
  ) {}

  /** A fact is committed before it is copied, so one beyond the end of its own epoch was lost by the log. */
  async refuseToLackAnyOf(known: readonly Fact[], home: string): Promise<void> {
    const [epoch, head] = [await this.log.epoch(), await this.log.head()];
    if (!known.some((fact) => fact.epoch > epoch || (fact.epoch === epoch && fact.position > head))) return;
    throw new ConfigurationError(
      `The databases are older than ${journalOf(home)}: a backup was brought back. Run "npm run after-restore" first.`,
    );
  }

  async start(): Promise<void> {
    await this.copy();
    this.stopListening = this.log.onAppend(() => this.copyIn(gathering));
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    await this.stopListening();
    await this.copying;
    await this.copy().catch((error: unknown) => this.report(error));
    await this.database.close();
  }

  private copyIn(milliseconds: number): void {
    if (this.closed || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.copying = this.copying
        .then(() => this.copy())
        .catch((error: unknown) => {
          this.report(error);
          this.copyIn(retryEvery);
        });
    }, milliseconds);
  }

  private async copy(): Promise<void> {
    for (;;) {
      const head = await this.log.head();
      const facts = await this.log.readWhere(destroysInSql, this.after, factsAtOnce);
      await this.journal.keep(facts);
      const last = facts.at(-1)?.position ?? 0;
      this.after = facts.length < factsAtOnce ? Math.max(head, last) : last;
      if (facts.length < factsAtOnce) return;
    }
  }

  private report(error: unknown): void {
    this.logger.warn(describeError(error), 'tombstones cannot be copied out of the log now; they will be');
  }
}
