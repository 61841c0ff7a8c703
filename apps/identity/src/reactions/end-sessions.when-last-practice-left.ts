import type { Fact } from '@cofactor/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { LeftPeople } from '../adapters/left-people';

/** Where the process died between the removal and its end of the sessions, they end here. */
@Controller()
export class EndSessionsWhenLastPracticeLeft {
  constructor(private readonly people: LeftPeople) {}

  @EventPattern('person.left-organisation')
  async handle(@Payload() { at, envelope }: Fact): Promise<void> {
    if (envelope.subject.kind === 'person') await this.people.endSessionsOf(envelope.subject.id, at, envelope);
  }
}
