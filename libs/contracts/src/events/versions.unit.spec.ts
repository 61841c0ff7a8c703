import { z } from 'zod';
import { defineEvent, type Upcaster } from '../event-definition';

const thirdVersion = (upcasters: readonly Upcaster[]) =>
  defineEvent({
    type: 'thing.named',
    version: 3,
    owner: 'identity',
    stream: 'thing-{thingId}',
    label: 'Thing named',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ names: z.array(z.string()), count: z.int() }),
    upcasters,
  });

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
