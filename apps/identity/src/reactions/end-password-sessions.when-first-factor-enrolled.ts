import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import { envelopeAfter } from '@cofactor/service-kit';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { PasswordSessions } from '../adapters/password-sessions';

/**
 * With the first factor, a password alone opens no session any more; so those that it had opened end (R23), but for
 * the one in which the factor was set up, which is raised by it. Whoever had learnt the password is out.
 */
@Controller()
export class EndPasswordSessionsWhenFirstFactorEnrolled {
  constructor(private readonly sessions: PasswordSessions) {}

  @EventPattern('factor.enrolled')
  async handle(@Payload() fact: Fact): Promise<void> {
    const { authority, role } = factorEnrollmentEvents.factorEnrolled.schema.parse(fact.data);
    const { subject } = fact.envelope;
    // The first factor is the default; where nobody wrote down who set it up, no session can be told from the others.
    if (role !== 'default' || authority === null || subject.kind !== 'person') return;
    const raised = authority.kind === 'session' ? authority.id : null;
    await this.sessions.endThoseOf(subject.id, fact.at, raised, envelopeAfter(fact.envelope, 'identity'));
  }
}
