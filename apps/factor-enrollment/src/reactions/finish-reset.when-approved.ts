import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import { contextAfter } from '@cofactor/service-kit';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ResetFlow } from '../adapters/reset-flow';

/** Finishes a reset that died between its approval and its end, in the name of who had approved it (DESIGN §6.6). */
@Controller()
export class FinishResetWhenApproved {
  constructor(private readonly resets: ResetFlow) {}

  @EventPattern('reset.approved')
  async handle(@Payload() fact: Fact): Promise<void> {
    const reset = factorEnrollmentEvents.resetApproved.schema.parse(fact.data);
    await this.resets.finish(reset, fact.envelope, contextAfter(fact.envelope));
  }
}
