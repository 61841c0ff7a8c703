import { resetEvents, type Fact } from '@cofactor/contracts';
import type { FactContext } from '@cofactor/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { announce } from '../adapters/announcements.postgres';
import { NewsClock } from './news-clock';

/** Those who can approve a reset are told that one waits for them: it ends within a day (PRODUCT BX5). */
@Controller()
export class AnnounceWhenResetWaits {
  constructor(private readonly clock: NewsClock) {}

  @EventPattern('reset.requested')
  async announce(@Payload() fact: Fact, @Ctx() { transaction }: FactContext): Promise<void> {
    const { personId, requestedBy, reason, approval } = resetEvents.resetRequested.schema.parse(fact.data);
    const now = this.clock.now();
    if (approval.kind === 'not-needed' || new Date(approval.expiresAt) <= now) return;
    const { organisationIds, expiresAt } = approval;
    const approvers = { organisationIds, ofSupport: reason === 'support-request', notThese: [personId, requestedBy] };
    const { policyVersion, origin } = fact.envelope;
    const { requestId, traceparent } = origin;
    const what = { factId: fact.id, at: fact.at, approvers, expiresAt, policyVersion, requestId, traceparent };
    await announce(transaction, { ...what, after: null }, now);
  }
}
