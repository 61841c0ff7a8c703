import type { Fact, Service } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import type { FactBatch } from './fact-batch';
import { FactGap } from './failures';
import type { Sorted } from './inbox';
import type { ParkedFacts } from './parked-facts';
import type { SetAsideReport } from './set-aside-report';
import type { UnreadableMessages } from './unreadable-messages';

/** What one transaction puts aside, and tells of once it is committed. */
export class PuttingAside {
  private readonly told: Array<(report: SetAsideReport) => void> = [];

  constructor(
    private readonly parts: { readonly parked: ParkedFacts; readonly unreadable: UnreadableMessages },
    private readonly source: Service,
  ) {}

  /** Puts aside the facts that failed or came too early, and keeps those that wait, as far as the batch is taken. */
  async facts(
    transaction: Sql,
    { due, ahead, waiting }: Sorted,
    isTaken: (fact: Fact) => boolean,
    failure: { readonly error: unknown } | null,
  ): Promise<void> {
    const { parked } = this.parts;
    const failing = [
      ...(failure ? due.map((fact) => ({ fact, error: failure.error })) : []),
      ...ahead.map(({ fact, expected }) => ({ fact, error: new FactGap(fact.stream, expected, fact.version) })),
    ];
    for (const { fact, error } of failing.filter((each) => isTaken(each.fact))) {
      const state = await parked.setAside(transaction, fact, error);
      this.told.push((report) => report.fact(fact, state, error));
    }
    await parked.keepWaiting(transaction, this.source, waiting.filter(isTaken));
  }

  /** Puts aside the messages that are no facts, as far as the batch is taken. */
  async messages(transaction: Sql, { log, entries }: FactBatch, end: number): Promise<void> {
    for (const entry of entries) {
      if (entry.kind !== 'unreadable' || entry.position > end) continue;
      if (!(await this.parts.unreadable.setAside(transaction, this.source, log, entry))) continue;
      this.told.push((report) => report.message(this.source, entry.message));
    }
  }

  /** Has what was put aside for want of facts that are handled now tried again. */
  async releaseBehind(transaction: Sql, handled: readonly Fact[], { catchingUp }: Sorted): Promise<void> {
    const moved = new Set(handled.map(({ stream }) => stream).filter((stream) => catchingUp.has(stream)));
    for (const stream of moved) await this.parts.parked.releaseNext(transaction, this.source, stream);
  }

  /** To be called after the commit. */
  tell(report: SetAsideReport): void {
    this.told.forEach((tell) => tell(report));
  }
}
