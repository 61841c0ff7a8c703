import { sortAsNew, sortBySeen, type Seen } from './inbox';
import { aFact } from './test-fact';

/** Sorts positions, and answers positions. */
function sorted(positions: readonly string[], seen: Record<string, Seen> = {}) {
  const { due, waiting, ahead } = sortBySeen(
    positions.map((position) => aFact(position)),
    new Map(Object.entries(seen)),
  );
  return {
    due: due.map(({ id }) => id),
    waiting: waiting.map(({ id }) => id),
    ahead: ahead.map(({ fact: { id }, expected }) => `${id}, not ${expected}`),
  };
}

describe('§6.8 sorting a batch by what the inbox has seen', () => {
  it('has facts in order of new and of known streams due', () => {
    expect(sorted(['a@1', 'b@4', 'a@2'], { b: { epoch: 1, applied: 3, parked: null } })).toEqual({
      due: ['a@1', 'b@4', 'a@2'],
      waiting: [],
      ahead: [],
    });
  });

  it('drops what was seen, in the inbox or in the batch itself', () => {
    const seen = { a: { epoch: 1, applied: 2, parked: null }, b: { epoch: 1, applied: 1, parked: 2 } };
    expect(sorted(['a@1', 'a@2', 'a@3', 'a@3', 'b@1'], seen)).toEqual({ due: ['a@3'], waiting: [], ahead: [] });
  });

  it('has facts wait behind one of their stream that was put aside', () => {
    expect(sorted(['a@2', 'b@1', 'a@3'], { a: { epoch: 1, applied: 1, parked: 2 } })).toEqual({
      due: ['b@1'],
      waiting: ['a@2', 'a@3'],
      ahead: [],
    });
  });

  it('has a fact due that was missed, though later ones were put aside for want of it', () => {
    const seen = { a: { epoch: 1, applied: 1, parked: 4 } };
    expect(sorted(['a@2', 'a@3', 'a@4', 'a@5'], seen)).toEqual({
      due: ['a@2', 'a@3'],
      waiting: ['a@4', 'a@5'],
      ahead: [],
    });
    expect(sorted(['a@3'], seen)).toEqual({ due: [], waiting: [], ahead: ['a@3, not 2'] });
  });

  it('sees a gap, and has what follows it wait', () => {
    expect(sorted(['a@1', 'a@3', 'a@4', 'b@2'])).toEqual({
      due: ['a@1'],
      waiting: ['a@4'],
      ahead: ['a@3, not 2', 'b@2, not 1'],
    });
  });
});

describe('§6.12 sorting facts of a log that was restored', () => {
  const beforeAndAfter = (positions: readonly (readonly [position: string, epoch: number])[], seen: Seen) => {
    const facts = positions.map(([position, epoch]) => aFact(position, { id: `${position} of ${epoch}`, epoch }));
    const { due, ahead } = sortBySeen(facts, new Map([['a', seen]]));
    return { due: due.map(({ id }) => id), ahead: ahead.map(({ fact }) => fact.id) };
  };
  const seen: Seen = { epoch: 1, applied: 6, parked: null };

  it('has facts due whose versions are given out again, and each of them once', () => {
    const positions = [['a@5', 2], ['a@6', 2], ['a@6', 2], ['a@7', 2]] as const; // prettier-ignore
    expect(beforeAndAfter(positions, seen)).toEqual({ due: ['a@5 of 2', 'a@6 of 2', 'a@7 of 2'], ahead: [] });
  });

  it('has what ended with the old epoch seen, though its versions lie ahead', () => {
    const positions = [['a@3', 1], ['a@5', 2], ['a@6', 1], ['a@7', 1], ['a@6', 2]] as const; // prettier-ignore
    expect(beforeAndAfter(positions, seen)).toEqual({ due: ['a@5 of 2', 'a@6 of 2'], ahead: [] });
  });

  it('still sees a gap', () => {
    expect(beforeAndAfter([['a@8', 2]], seen)).toEqual({ due: [], ahead: ['a@8 of 2'] });
  });
});

describe('§6.8 sorting a batch as if nothing of it was ever seen', () => {
  it('has all of it due where each stream goes on without a gap, wherever it begins', () => {
    const facts = ['a@1', 'b@4', 'a@2', 'b@5'].map((position) => aFact(position));
    expect(sortAsNew(facts)).toEqual({ due: facts, waiting: [], ahead: [], catchingUp: new Set() });
  });

  it.each([[['a@1', 'a@3']], [['a@2', 'a@2']], [['a@2', 'b@1', 'a@1']]])('gives %j up: look them up', (positions) => {
    expect(sortAsNew(positions.map((position) => aFact(position)))).toBeNull();
  });
});
