import type { z } from 'zod';
import type { Service } from './fact';

/** Turns the data of one written version of an event into the data of the next. Pure. */
export type Upcaster = (data: unknown) => unknown;

/** Turns the data of the newest version of an event into what a reader of the version before takes. Pure. */
export type Downcaster = (data: unknown) => unknown;

export type Outcome = 'success' | 'refused' | 'failed';

/** Who is told of an event beside the audit: `person` means that notification decides on a message. */
export type Audience = 'audit' | 'audit-and-person';

/**
 * How this release writes an event that it reads: in its newest version; in the version before, because a release that
 * reads the newest is not everywhere yet; or, a type that is new, not at all (DESIGN §6.11, docs/adr/0009).
 */
export type Writing =
  | { readonly kind: 'newest' }
  | { readonly kind: 'version-before'; readonly downcast: Downcaster }
  | { readonly kind: 'not-yet' };

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
  readonly writing: Writing;
}

/** What is said of an event; nothing about `writing` means that it is written in its newest version. */
type Described<Type extends string, Schema extends z.ZodType> = Omit<EventDefinition<Type, Schema>, 'writing'> &
  Partial<Pick<EventDefinition, 'writing'>>;

const newest: Writing = { kind: 'newest' };

export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  described: Described<Type, Schema>,
): EventDefinition<Type, Schema> {
  const definition = { writing: newest, ...described };
  const { type, version, upcasters, writing } = definition;
  if (upcasters.length !== version - 1) throw new Error(`${type} v${version} needs ${version - 1} upcasters`);
  if (writing.kind === 'version-before' && version === 1) throw new Error(`${type} v1 has no version before`);
  if (writing.kind === 'not-yet' && version > 1) throw new Error(`${type} was written before it was v${version}`);
  return definition;
}

/** The version in which this release writes an event; 0 for one that it only reads. */
export function writtenVersion({ version, writing }: EventDefinition): number {
  switch (writing.kind) {
    case 'newest':
      return version;
    case 'version-before':
      return version - 1;
    case 'not-yet':
      return 0;
  }
}

/** The discriminated union of the events that a table of definitions describes: `{type, data}` each. */
export type EventOf<Table extends Record<string, EventDefinition>> = {
  [Name in keyof Table]: { readonly type: Table[Name]['type']; readonly data: z.infer<Table[Name]['schema']> };
}[keyof Table];
