import { allEvents, eventDefinition, type Fact } from '@cofactor/contracts';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { FactContext } from './fact-context';

/** The pattern of a handler that receives every fact. */
export const everyFact = '*';

/** The handlers of one consumer by event type, in the order in which they were added. */
export class Handlers {
  private readonly byPattern = new Map<string, MessageHandler[]>();

  /** Throws for a pattern that no fact will ever match. */
  add(pattern: string, handler: MessageHandler): void {
    if (pattern !== everyFact && !eventDefinition(pattern)) {
      const known = allEvents.map(({ type }) => type).join(', ');
      throw new Error(`no event has the type "${pattern}"; there are ${known} and ${everyFact}`);
    }
    this.byPattern.set(pattern, [...(this.byPattern.get(pattern) ?? []), handler]);
  }

  /** Runs the handlers of a fact one after the other, those of every fact last; the first rejection ends it. */
  async run(fact: Fact, context: FactContext): Promise<void> {
    for (const pattern of [fact.type, everyFact]) {
      for (const handler of this.byPattern.get(pattern) ?? []) {
        const result: unknown = await handler(fact, context);
        if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      }
    }
  }
}
