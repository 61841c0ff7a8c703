import { newId, type Clock } from '@cofactor/service-kit';
import type { FactorSetStream } from './factor-set-stream';
import { waitingResetRows, type WaitingResets } from './waiting-resets';

/** Closes the resets that nobody approved in time, so that their end is a fact even where nobody looks (BX5). */
export class OverdueResets {
  constructor(
    private readonly sets: FactorSetStream,
    private readonly waiting: WaitingResets,
    private readonly clock: Clock,
  ) {}

  async close(): Promise<void> {
    const now = this.clock.now();
    for (const { resetId, personId, concerned } of await this.waiting.overdue(now)) {
      const envelope = {
        organisationIds: [...concerned],
        actor: { kind: 'service' as const, id: 'factor-enrollment' },
        subject: { kind: 'person' as const, id: personId },
        origin: { requestId: newId(), traceparent: null, sealed: null, sealedFor: personId },
        policyVersion: null,
      };
      const command = { kind: 'expire-reset', resetId, now: now.toISOString() } as const;
      const rows = (events: Parameters<typeof waitingResetRows>[0]) => waitingResetRows(events, concerned, command.now);
      await this.sets.runIn(personId, envelope, () => command, rows);
    }
    await this.waiting.sweep(now);
  }
}
