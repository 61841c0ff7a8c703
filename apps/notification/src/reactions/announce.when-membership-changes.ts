import { peopleEvents, type Fact } from '@cofactor/contracts';
import type { FactContext } from '@cofactor/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { announce } from '../adapters/announcements.postgres';
import { isNews, memberTypes } from '../domain/notices';
import { NewsClock } from './news-clock';

/** A person is told what they are in a practice when that has changed, and when they no longer belong to it (PRODUCT HE8). */
@Controller()
export class AnnounceWhenMembershipChanges {
  constructor(private readonly clock: NewsClock) {}

  @EventPattern([...memberTypes])
  async announce(@Payload() fact: Fact, @Ctx() { transaction }: FactContext): Promise<void> {
    const { personRolesChanged, personLeft } = peopleEvents;
    const { personId, organisationId, roles } =
      fact.type === personLeft.type
        ? { ...personLeft.schema.parse(fact.data), roles: [] }
        : personRolesChanged.schema.parse(fact.data);
    const now = this.clock.now();
    if (!isNews(fact, now)) return;
    const { policyVersion, origin } = fact.envelope;
    const { requestId, traceparent } = origin;
    const membership = { personId, organisationId, roles };
    const what = { factId: fact.id, at: fact.at, membership, policyVersion, requestId, traceparent };
    await announce(transaction, { ...what, after: null }, now);
  }
}
