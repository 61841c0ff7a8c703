import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import { contextAfter } from '@cofactor/service-kit';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ResetFlow } from '../adapters/reset-flow';

/** Finishes a reset that died between its request and its end, in the name of who had asked (DESIGN §6.6). */
@Controller()
export class FinishResetWhenRequested {
  constructor(private readonly resets: ResetFlow) {}

  @EventPattern('reset.requested')
  async handle(@Payload() fact: Fact): Promise<void> {
    const { approval, ...reset } = factorEnrollmentEvents.resetRequested.schema.parse(fact.data);
    if (approval.kind === 'not-needed') await this.resets.finish(reset, fact.envelope, contextAfter(fact.envelope));
  }
}
