import type { Fact } from '@cofactor/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { AllSessions } from '../adapters/all-sessions';

/** Ends what was opened with the old factors while the reset was under way, after the sessions and before the clearing. */
@Controller()
export class EndSessionsWhenReset {
  constructor(private readonly sessions: AllSessions) {}

  @EventPattern('reset.done')
  async handle(@Payload() { at, envelope }: Fact): Promise<void> {
    if (envelope.subject.kind === 'person')
      await this.sessions.endThoseOf(envelope.subject.id, at, envelope, 'factors-reset');
  }
}
