import fc from 'fast-check';
import { takeBatch, type PendingAppend } from './append-queue';
import { encodeUnit } from './encoded-unit';

const pending = (streams: readonly string[]): PendingAppend => ({
  unit: encodeUnit({
    streams: streams.map((stream) => ({
      stream,
      expectedVersion: 0,
      events: [],
      snapshot: { stateVersion: 1, state: null },
    })),
  }),
  succeed: () => undefined,
  fail: () => undefined,
});

const names = ({ batch, rest }: ReturnType<typeof takeBatch>) =>
  [batch, rest].map((appends) => appends.map(({ unit }) => unit.streams.map(({ stream }) => stream).join('+')));

it('§6.5: one unit for each stream, in order of arrival', () => {
  expect(names(takeBatch([['a'], ['b'], ['a'], ['c']].map(pending), 10))).toEqual([['a', 'b', 'c'], ['a']]);
});

it('§6.5: a unit that waits holds back later ones on any of its streams', () => {
  expect(names(takeBatch([['a'], ['a', 'b'], ['b'], ['c']].map(pending), 10))).toEqual([
    ['a', 'c'],
    ['a+b', 'b'],
  ]);
});

it('takes no more than the maximum', () => {
  expect(names(takeBatch([['a'], ['b'], ['c']].map(pending), 2))).toEqual([['a', 'b'], ['c']]);
});

it('§6.5: whatever waits, every unit comes once, and no stream is overtaken', () => {
  const streams = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(streams, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (waiting, maximum) => {
      const all = waiting.map(pending);
      const order: PendingAppend[] = [];
      for (let rest: readonly PendingAppend[] = all; rest.length > 0;) {
        const taken = takeBatch(rest, maximum);
        const inBatch = taken.batch.flatMap(({ unit }) => unit.streams.map(({ stream }) => stream));
        expect(new Set(inBatch).size).toBe(inBatch.length);
        expect(taken.batch.length).toBeGreaterThan(0);
        expect(taken.batch.length).toBeLessThanOrEqual(maximum);
        order.push(...taken.batch);
        rest = taken.rest;
      }
      for (const stream of ['a', 'b', 'c', 'd', 'e']) {
        const has = ({ unit }: PendingAppend) => unit.streams.some((each) => each.stream === stream);
        expect(order.filter(has)).toEqual(all.filter(has));
      }
      expect(order.length).toBe(all.length);
    }),
  );
});
