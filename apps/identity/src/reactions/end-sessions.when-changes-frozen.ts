import type { Fact } from '@cofactor/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { AllSessions } from '../adapters/all-sessions';

/** Somebody else may be signed in (PRODUCT HE8): finishes what a crash left, or an identity that did not answer. */
@Controller()
export class EndSessionsWhenChangesFrozen {
  constructor(private readonly sessions: AllSessions) {}

  @EventPattern('factor-changes.frozen')
  async handle(@Payload() { at, envelope }: Fact): Promise<void> {
    if (envelope.subject.kind === 'person')
      await this.sessions.endThoseOf(envelope.subject.id, at, envelope, 'reported-as-not-mine');
  }
}
