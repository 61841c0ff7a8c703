import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allEvents } from './index';

const folder = join(__dirname, '../../fixtures');

/** Data as some release wrote it once; a fixture is never changed after the release that wrote its version. */
const writtenData = (type: string, version: number): unknown => {
  const fixture: unknown = JSON.parse(readFileSync(join(folder, `${type}.v${version}.json`), 'utf8'));
  if (typeof fixture !== 'object' || fixture === null || !('data' in fixture))
    throw new Error('a fixture holds {data}');
  return fixture.data;
};

const written = allEvents.flatMap((definition) =>
  Array.from({ length: definition.version }, (_, index) => ({ type: definition.type, version: index + 1, definition })),
);

it.each(written)('I5: $type v$version, as it was written, is readable today', ({ type, version, definition }) => {
  const lifted = definition.upcasters.slice(version - 1).reduce((data, lift) => lift(data), writtenData(type, version));
  expect(definition.schema.parse(lifted)).toEqual(lifted);
});

it('I5: each fixture is of a version that an event has, and each version has one', () => {
  const expected = written.map(({ type, version }) => `${type}.v${version}.json`);
  expect(readdirSync(folder).sort()).toEqual(expected.sort());
});

it('every type is defined once', () => {
  const types = allEvents.map(({ type }) => type);
  expect(types).toEqual([...new Set(types)]);
});
