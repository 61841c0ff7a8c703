import type { EventDefinition } from '@cofactor/contracts';

/** An event type or version that this release cannot read; it is answered as unavailable, never skipped. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
  constructor(type: string, schemaVersion: number) {
    super(`this release cannot read ${type} v${schemaVersion}`);
  }
}

/** Data of any version ever written, lifted to the current one (I5). */
export function upcast(
  definition: EventDefinition | undefined,
  type: string,
  schemaVersion: number,
  data: unknown,
): unknown {
  if (!definition || schemaVersion > definition.version) throw new UnreadableEvent(type, schemaVersion);
  return definition.upcasters.slice(schemaVersion - 1).reduce((lifted, lift) => lift(lifted), data);
}

/** Data in the version in which they are written. */
export interface WrittenEvent {
  readonly schemaVersion: number;
  readonly data: unknown;
  /** What whoever reads them later gets: a state that was made from anything else would not be what its history gives. */
  readonly asRead: unknown;
}

/**
 * Data of the current version as this release writes them (DESIGN §6.11). Throws for a type that is only read yet, and
 * UnreadableEvent for one that has no definition.
 */
export function asWritten(definition: EventDefinition | undefined, type: string, data: unknown): WrittenEvent {
  if (!definition) throw new UnreadableEvent(type, 1);
  const { version, writing } = definition;
  switch (writing.kind) {
    case 'newest':
      return { schemaVersion: version, data, asRead: data };
    case 'version-before': {
      const written = writing.downcast(data);
      return { schemaVersion: version - 1, data: written, asRead: upcast(definition, type, version - 1, written) };
    }
    case 'not-yet':
      throw new Error(`this release only reads ${type}; it is written by a later one`);
  }
}
