import { challengeEvents } from '@cofactor/contracts';
import { UnreadableEvent } from '@cofactor/event-sourcing';
import { writtenFact, readableFact, type EventRow } from './event-rows';
import { at, envelope } from './test-log';

const aRow = (type: string, schemaVersion: number): EventRow => ({
  position: 7,
  epoch: 2,
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
  expect(readableFact('challenge', aRow('challenge.issued', 1))).toEqual({
    id: 'event-1',
    service: 'challenge',
    position: 7,
    epoch: 2,
    stream: 'credential-1',
    version: 3,
    type: 'challenge.issued',
    schemaVersion: 1,
    at,
    envelope,
    data: { as: 'written' },
  });
});

it('I5 §6.11: a row of an older version becomes a fact of the current one for its stream, and is passed on as it is', () => {
  const definition = challengeEvents.challengeIssued;
  const asItIs = { ...definition };
  // As in a release that has raised the version of the event.
  Object.assign(definition, { version: 2, upcasters: [(data: object) => ({ ...data, lifted: true })] });
  try {
    const row = aRow('challenge.issued', 1);
    expect(readableFact('challenge', row)).toMatchObject({ schemaVersion: 2, data: { as: 'written', lifted: true } });
    expect(writtenFact('challenge', row)).toMatchObject({ schemaVersion: 1, data: { as: 'written' } });
  } finally {
    Object.assign(definition, asItIs);
  }
});

it.each([
  ['from.the-future', 1],
  ['challenge.refused', 99],
])('§6.11: %s v%s is refused in its own stream, and passed on as it was written to others', (type, schemaVersion) => {
  const row = aRow(type, schemaVersion);
  expect(() => readableFact('challenge', row)).toThrow(UnreadableEvent);
  expect(writtenFact('challenge', row)).toMatchObject({ type, schemaVersion, data: { as: 'written' } });
});
