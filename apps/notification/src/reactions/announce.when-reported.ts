import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import type { FactContext } from '@cofactor/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { announce } from '../adapters/announcements.postgres';
import { NewsClock } from './news-clock';

/** Support is told when somebody reports a change of their methods as not their own, while it holds (PRODUCT HE8). */
@Controller()
export class AnnounceWhenReported {
  constructor(private readonly clock: NewsClock) {}

  @EventPattern('factor-changes.frozen')
  async announce(@Payload() fact: Fact, @Ctx() { transaction }: FactContext): Promise<void> {
    const { personId, until } = factorEnrollmentEvents.factorChangesFrozen.schema.parse(fact.data);
    const now = this.clock.now();
    if (new Date(until) <= now) return;
    const { requestId, traceparent } = fact.envelope.origin;
    const what = { factId: fact.id, at: fact.at, reportedBy: personId, frozenUntil: until };
    // No rules of any practice ask for it.
    await announce(transaction, { ...what, policyVersion: null, requestId, traceparent, after: null }, now);
  }
}
