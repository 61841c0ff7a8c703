import type { z } from 'zod';
import type { Service } from './fact';

/** Turns the data of one written version of an event into the data of the next. Pure. */
export type Upcaster = (data: unknown) => unknown;

export type Outcome = 'success' | 'refused' | 'failed';

/** Who is told of an event beside the audit: `person` means that notification decides on a message. */
export type Audience = 'audit' | 'audit-and-person';

/**
 * The contract entry of one event type. `schema` describes the current version; `upcasters[n]` lifts data written
 * as version n + 1 to version n + 2, so their number is `version - 1`.
 */
export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly version: number;
  readonly owner: Service;
  readonly stream: string;
  /** How analysts read it in a list. */
  readonly label: string;
  readonly audience: Audience;
  readonly outcome: Outcome;
  readonly schema: Schema;
  readonly upcasters: readonly Upcaster[];
}

export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  definition: EventDefinition<Type, Schema>,
): EventDefinition<Type, Schema> {
  if (definition.upcasters.length !== definition.version - 1) {
    throw new Error(`${definition.type} v${definition.version} needs ${definition.version - 1} upcasters`);
  }
  return definition;
}

/** The discriminated union of the events that a table of definitions describes: `{type, data}` each. */
export type EventOf<Table extends Record<string, EventDefinition>> = {
  [Name in keyof Table]: { readonly type: Table[Name]['type']; readonly data: z.infer<Table[Name]['schema']> };
}[keyof Table];
