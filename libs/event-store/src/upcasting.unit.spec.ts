import { allEvents, challengeEvents, eventDefinition, type EventDefinition } from '@cofactor/contracts';
import { asWritten, upcast, UnreadableEvent } from '@cofactor/event-sourcing';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../contracts/fixtures');
const written = allEvents.flatMap(({ type, version }) =>
  Array.from({ length: version }, (_, index) => ({ type, version: index + 1 })),
);

it.each(written)('I5: the store reads $type v$version as the contracts describe it', ({ type, version }) => {
  const fixture = JSON.parse(readFileSync(join(folder, `${type}.v${version}.json`), 'utf8')) as { data: unknown };
  const lifted = upcast(eventDefinition(type), type, version, fixture.data);
  expect(eventDefinition(type)?.schema.parse(lifted)).toEqual(lifted);
});

it.each(allEvents)('§6.11: what this release writes of $type can be read again', (definition) => {
  const { type, version, schema, writing } = definition;
  const fixture = JSON.parse(readFileSync(join(folder, `${type}.v${version}.json`), 'utf8')) as { data: unknown };
  const write = () => asWritten(definition, type, fixture.data);
  if (writing.kind === 'not-yet') expect(write).toThrow('only reads');
  else expect(schema.parse(write().asRead)).toEqual(write().asRead);
});

interface Named {
  readonly name: string;
  readonly lifted?: readonly number[];
}

/** Each version says which ones it was lifted from. */
const liftFrom = (version: number) => (data: unknown) => {
  const { name, lifted = [] } = data as Named;
  return { name, lifted: [...lifted, version] };
};
const thirdVersion: EventDefinition = {
  ...challengeEvents.challengeRefused,
  type: 'thing.named',
  version: 3,
  upcasters: [liftFrom(1), liftFrom(2)],
};

it('I5: data pass through each upcaster from their version on, in order', () => {
  const lift = (version: number) => upcast(thirdVersion, 'thing.named', version, { name: 'Ada' });
  expect(lift(1)).toEqual({ name: 'Ada', lifted: [1, 2] });
  expect(lift(2)).toEqual({ name: 'Ada', lifted: [2] });
  expect(lift(3)).toEqual({ name: 'Ada' });
});

it('I5: a version that is not written yet, and a type that is not known, are unreadable', () => {
  expect(() => upcast(thirdVersion, 'thing.named', 4, {})).toThrow(UnreadableEvent);
  expect(() => upcast(undefined, 'thing.unknown', 1, {})).toThrow(UnreadableEvent);
});

it('I5: upcasting changes neither the data of the current version nor the object that was read', () => {
  fc.assert(
    fc.property(fc.record({ name: fc.string() }), fc.integer({ min: 1, max: 3 }), (data, version) => {
      const before = structuredClone(data);
      const lifted = upcast(thirdVersion, 'thing.named', version, data);
      expect(data).toEqual(before);
      if (version === 3) expect(lifted).toBe(data);
    }),
  );
});

describe('§6.11: an event is written', () => {
  const data = { name: 'Ada', lifted: [] };
  const downcast = (newest: unknown) => ({ name: (newest as Named).name });

  it('in its newest version, and is read as it was decided', () => {
    expect(asWritten(thirdVersion, 'thing.named', data)).toEqual({ schemaVersion: 3, data, asRead: data });
  });

  it('in the version before, and is read as that is lifted', () => {
    const readAhead: EventDefinition = { ...thirdVersion, writing: { kind: 'version-before', downcast } };
    expect(asWritten(readAhead, 'thing.named', data)).toEqual({
      schemaVersion: 2,
      data: { name: 'Ada' },
      asRead: { name: 'Ada', lifted: [2] },
    });
  });

  it('not at all while its type is only read, or not known', () => {
    const onlyRead: EventDefinition = { ...thirdVersion, writing: { kind: 'not-yet' } };
    expect(() => asWritten(onlyRead, 'thing.named', data)).toThrow('this release only reads thing.named');
    expect(() => asWritten(undefined, 'thing.unknown', data)).toThrow(UnreadableEvent);
  });
});
