import { UnreadableEvent } from '@cofactor/event-sourcing';
import { anyFact, readableFact, type EventRow } from './event-rows';
import { at, envelope } from './test-log';

const aRow = (type: string, schemaVersion: number): EventRow => ({
  position: 7,
  stream: 'credential-1',
  version: 3,
  type,
  schema_version: schemaVersion,
  id: 'event-1',
  at,
  envelope,
  data: { as: 'written' },
});

it('a row becomes a fact', () => {
  expect(readableFact('challenge', aRow('challenge.refused', 1))).toEqual({
    id: 'event-1',
    service: 'challenge',
    position: 7,
    stream: 'credential-1',
    version: 3,
    type: 'challenge.refused',
    schemaVersion: 1,
    at,
    envelope,
    data: { as: 'written' },
  });
});

it.each([
  ['from.the-future', 1],
  ['challenge.refused', 99],
])('§6.11: %s v%s is refused in its own stream, and passed on as it was written to others', (type, schemaVersion) => {
  const row = aRow(type, schemaVersion);
  expect(() => readableFact('challenge', row)).toThrow(UnreadableEvent);
  expect(anyFact('challenge', row)).toMatchObject({ type, schemaVersion, data: { as: 'written' } });
});
