import { identityEvents, type Fact } from '@cofactor/contracts';
import type { FactContext } from '@cofactor/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { announce } from '../adapters/announcements.postgres';
import { announcedTypes, isNews } from '../domain/notices';
import { NewsClock } from './news-clock';

/** Everyone whom it concerns is told when a practice begins to ask for a second factor (PRODUCT HE8, HC8). */
@Controller()
export class AnnounceWhenEnforced {
  constructor(private readonly clock: NewsClock) {}

  @EventPattern([...announcedTypes])
  async announce(@Payload() fact: Fact, @Ctx() { transaction }: FactContext): Promise<void> {
    const { organisationId, policy, changed } = identityEvents.organisationPolicyChanged.schema.parse(fact.data);
    const begins = policy.enforced && changed.some((setting) => setting === 'enforced' || setting === 'coversPatients');
    const now = this.clock.now();
    if (!begins || !isNews(fact, now)) return;
    const { policyVersion, origin } = fact.envelope;
    const { requestId, traceparent } = origin;
    const what = { factId: fact.id, at: fact.at, organisationId, policyVersion, requestId, traceparent };
    await announce(transaction, { ...what, after: null }, now);
  }
}
