import type { Fact } from '@cofactor/contracts';
import type { FactContext } from '@cofactor/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { appendToLog } from '../adapters/audit-log.postgres';
import { recordIdOf } from '../adapters/record-id';
import { recordsOf } from '../domain/record';

/** Every fact of every service is a record in the log of each organisation that it concerns (PRODUCT BX1, R1). */
@Controller()
export class RecordWhenAnythingHappens {
  @EventPattern('*')
  record(@Payload() fact: Fact, @Ctx() context: FactContext): void {
    for (const record of recordsOf(fact, recordIdOf)) context.collect(appendToLog, record);
  }
}
