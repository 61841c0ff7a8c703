import { aFact } from '../test-fact';
import { arrange, endsAfter, hasLost, partitionOf, TopicLostMessages, type RelayBatchRules } from './relay-batch';

const rules: RelayBatchRules = { heldStreams: new Set(), generation: 1, partitions: 6, most: 1_000 };
const facts = ['a@1', 'b@1', 'a@2', 'c@1', 'b@2'].map((place, index) => aFact(place, { position: index + 1 }));
const large = (place: string, position: number, size: number) => aFact(place, { position, data: 'x'.repeat(size) });

describe('a batch of the relay', () => {
  it('takes facts in their order, each to the partition of its stream', () => {
    const { sent, messages, behind, position } = arrange(facts, { ...rules, generation: 3 });
    expect(sent).toEqual(facts);
    expect(messages.map(({ partition }) => partition)).toEqual(facts.map(({ stream }) => partitionOf(stream, 6)));
    expect(messages.map(({ headers }) => headers['ce_generation'])).toEqual(facts.map(() => '3'));
    expect([behind, position]).toEqual([[], 5]);
  });

  it('leaves what is behind a held fact of its stream', () => {
    const { sent, behind, position } = arrange(facts, { ...rules, heldStreams: new Set(['b']) });
    expect(sent.map(({ id }) => id)).toEqual(['a@1', 'a@2', 'c@1']);
    expect(behind.map(({ id }) => id)).toEqual(['b@1', 'b@2']);
    expect(position).toBe(5);
  });

  it('ends before the fact that would be one too many, and with those that go no way', () => {
    const batch = arrange(facts, { ...rules, heldStreams: new Set(['b']), most: 1 });
    expect([batch.sent.map(({ id }) => id), batch.behind.map(({ id }) => id)]).toEqual([['a@1'], ['b@1']]);
    expect(batch.position).toBe(2);
  });

  it('ends before a partition gets more than a broker takes; one fact alone is for the broker to refuse', () => {
    const some = [large('a@1', 1, 500_000), large('b@1', 2, 500_000), large('a@2', 3, 500_000), large('b@2', 4, 1)];
    expect(arrange(some, rules).position).toBe(2);
    expect(arrange(some, { ...rules, partitions: 1 }).position).toBe(1);
    expect(arrange([large('a@1', 1, 5_000_000), large('a@2', 2, 1)], rules).position).toBe(1);
  });
});

describe('the partition of a stream', () => {
  // Were these ever to change, a stream would be in two partitions and its facts would overtake each other.
  it.each([
    // The published vectors of FNV-1a.
    ['', 2 ** 32, 0x811c9dc5],
    ['a', 2 ** 32, 0xe40c292c],
    ['foobar', 2 ** 32, 0xbf9cf968],
    ['factor-1', 6, 4],
    ['schlüssel', 1_000, 239],
  ])('is for ever the same: %s of %d', (stream, partitions, expected) => {
    expect(partitionOf(stream, partitions)).toBe(expected);
  });

  it('spreads streams', () => {
    const counts = [0, 0, 0, 0, 0, 0];
    for (let number = 0; number < 6_000; number += 1) {
      const partition = partitionOf(`factor-${number}`, 6);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe('the ends of a topic', () => {
  const { messages } = arrange(facts, { ...rules, partitions: 2 });
  const counts = [0, 1].map((partition) => messages.filter((message) => message.partition === partition).length);

  it('move by what was written, from where the broker says that it was', () => {
    const answer = [
      { partition: 0, first: 7 },
      { partition: 1, first: 100 },
    ];
    const [first = 0, second = 0] = counts;
    expect(endsAfter([7, 3], messages, answer)).toEqual([7 + first, 100 + second]);
  });

  it('stay where the broker only knows that it has the messages', () => {
    const answer = [
      { partition: 0, first: null },
      { partition: 1, first: null },
    ];
    expect(endsAfter([7, 3], messages, answer)).toEqual([7, 3]);
  });

  it('tell that earlier messages are gone', () => {
    const answer = [
      { partition: 0, first: 6 },
      { partition: 1, first: 3 },
    ];
    expect(() => endsAfter([7, 3], messages, answer)).toThrow(TopicLostMessages);
    expect(hasLost([7, 3], [7, 3])).toBe(false);
    expect(hasLost([7, 3], [9, 4, 1])).toBe(false);
    expect(hasLost([7, 3], [7, 2])).toBe(true);
    expect(hasLost([7, 3], [7])).toBe(true);
    expect(hasLost([], [0, 0])).toBe(false);
  });

  it('I1: are unknown when the answer leaves a partition out, whatever kafkajs makes of that', () => {
    expect(() => endsAfter([7, 3], messages, [{ partition: 0, first: 7 }])).toThrow('partition 1');
  });
});
