import { factorEnrollmentEvents, resetEvents, type Fact } from '@cofactor/contracts';
import type { FactContext } from '@cofactor/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { forgetReport, rememberReport } from '../adapters/reported-changes';

/** Support sees who reported a change as not their own, until the freeze is over or somebody has reset them (PRODUCT HE8). */
@Controller()
export class ListReportWhenChangesFrozen {
  @EventPattern('factor-changes.frozen')
  async whenFrozen(@Payload() { data }: Fact, @Ctx() { transaction }: Pick<FactContext, 'transaction'>): Promise<void> {
    const { personId, until } = factorEnrollmentEvents.factorChangesFrozen.schema.parse(data);
    await rememberReport(transaction, personId, until);
  }

  /** One's own reset, to which nobody else agreed, ends no freeze. */
  @EventPattern('reset.done')
  async whenReset(@Payload() { data }: Fact, @Ctx() { transaction }: Pick<FactContext, 'transaction'>): Promise<void> {
    const { personId, reason, approvedBy } = resetEvents.resetDone.schema.parse(data);
    if (reason !== 'own-request' || approvedBy !== null) await forgetReport(transaction, personId);
  }
}
