import { allEvents, challengeEvents, eventDefinition, type EventDefinition } from '@cofactor/contracts';
import { upcast, UnreadableEvent } from '@cofactor/event-sourcing';
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
