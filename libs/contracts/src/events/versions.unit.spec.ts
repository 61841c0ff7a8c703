import { z } from 'zod';
import { defineEvent, writtenVersion, type Upcaster, type Writing } from '../event-definition';

const aVersion = (version: number, upcasters: readonly Upcaster[], writing: { readonly writing?: Writing } = {}) =>
  defineEvent({
    type: 'thing.named',
    version,
    owner: 'identity',
    stream: 'thing-{thingId}',
    label: 'Thing named',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ names: z.array(z.string()), count: z.int() }),
    upcasters,
    ...writing,
  });
const thirdVersion = (upcasters: readonly Upcaster[]) => aVersion(3, upcasters);

const toSecond: Upcaster = (data) => ({ names: z.strictObject({ name: z.string() }).parse(data).name.split(' ') });
const toThird: Upcaster = (data) => {
  const { names } = z.strictObject({ names: z.array(z.string()) }).parse(data);
  return { names, count: names.length };
};

it('I5: an event of version 3 lifts what versions 1 and 2 wrote to what its schema describes', () => {
  const { schema, upcasters } = thirdVersion([toSecond, toThird]);
  const lift = (version: number, data: unknown) =>
    schema.parse(upcasters.slice(version - 1).reduce((lifted, upcaster) => upcaster(lifted), data));
  const current = { names: ['Ada', 'Lovelace'], count: 2 };
  expect(lift(1, { name: 'Ada Lovelace' })).toEqual(current);
  expect(lift(2, { names: ['Ada', 'Lovelace'] })).toEqual(current);
  expect(lift(3, current)).toEqual(current);
});

it('I5: an event cannot be defined without an upcaster from each earlier version', () => {
  expect(() => thirdVersion([toSecond])).toThrow('thing.named v3 needs 2 upcasters');
});

describe('§6.11 an event is written', () => {
  const before: Writing = { kind: 'version-before', downcast: (data) => data };
  const notYet: Writing = { kind: 'not-yet' };

  it('in its newest version, unless its definition says otherwise', () => {
    expect(writtenVersion(thirdVersion([toSecond, toThird]))).toBe(3);
  });

  it('in the version before, while the newest is only read', () => {
    expect(writtenVersion(aVersion(3, [toSecond, toThird], { writing: before }))).toBe(2);
    expect(() => aVersion(1, [], { writing: before })).toThrow('thing.named v1 has no version before');
  });

  it('not at all, while its type is only read', () => {
    expect(writtenVersion(aVersion(1, [], { writing: notYet }))).toBe(0);
    expect(() => aVersion(2, [toSecond], { writing: notYet })).toThrow('thing.named was written before it was v2');
  });
});
