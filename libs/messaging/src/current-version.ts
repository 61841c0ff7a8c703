import { eventDefinition, type Fact } from '@cofactor/contracts';
import { upcast } from '@cofactor/event-sourcing';

/**
 * The fact at the version that this release's handlers read (I5), however long ago it was published or put aside.
 * Throws UnreadableEvent for a type or version that only a later release knows: that is put aside, never passed over
 * (DESIGN §6.11).
 */
export function currentVersion(fact: Fact): Fact {
  const definition = eventDefinition(fact.type);
  if (definition?.version === fact.schemaVersion) return fact;
  const data = upcast(definition, fact.type, fact.schemaVersion, fact.data);
  return { ...fact, data, schemaVersion: definition?.version ?? fact.schemaVersion };
}
