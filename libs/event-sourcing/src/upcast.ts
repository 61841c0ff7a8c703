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
