import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { FactContext } from '../fact-context';

/** What happens in the handler of a fact after its effect was written and before the commit. */
export type AfterEffect = (fact: Fact, context: FactContext) => Promise<void>;

export const AFTER_EFFECT = Symbol('what happens after an effect');

/** No column is unique: an effect that came twice stands twice. */
export const effectsTable = `CREATE TABLE effects (
  ordinal bigint GENERATED ALWAYS AS IDENTITY, handler text, stream text, version integer)`;

const writeEffects = async (transaction: Sql, rows: { stream: string; version: number }[]): Promise<void> => {
  await transaction.query(
    `INSERT INTO effects (handler, stream, version)
     SELECT 'collected', stream, version FROM unnest($1::text[], $2::int[]) AS row (stream, version)`,
    [rows.map(({ stream }) => stream), rows.map(({ version }) => version)],
  );
};

/** The consumer of the contract: writes down that it was called. */
@Controller()
export class EffectsController {
  constructor(@Inject(AFTER_EFFECT) private readonly afterEffect: AfterEffect) {}

  @EventPattern('factor.enrolled')
  async onEnrolled(@Payload() fact: Fact, @Ctx() context: FactContext): Promise<void> {
    await this.write('first', fact, context);
    await this.afterEffect(fact, context);
  }

  @EventPattern('factor.enrolled')
  async onEnrolledToo(@Payload() fact: Fact, @Ctx() context: FactContext): Promise<void> {
    await this.write('second', fact, context);
  }

  @EventPattern('*')
  onEvery(@Payload() fact: Fact, @Ctx() context: FactContext): void {
    context.collect(writeEffects, { stream: fact.stream, version: fact.version });
  }

  private async write(handler: string, { stream, version }: Fact, { transaction }: FactContext): Promise<void> {
    await transaction.query('INSERT INTO effects (handler, stream, version) VALUES ($1, $2, $3)', [
      handler,
      stream,
      version,
    ]);
  }
}
