import { compare, median, percentile, summarise } from './measure';

describe('percentile', () => {
  it('is the smallest value that covers the share (nearest rank)', () => {
    expect(percentile([40, 10, 30, 20], 0.5)).toBe(20);
    expect(percentile([40, 10, 30, 20], 0.75)).toBe(30);
    expect(percentile([40, 10, 30, 20], 0.99)).toBe(40);
  });

  it('refuses to make one up', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });
});

describe('summarise', () => {
  const runs = [
    { ours: 50, floor: 100, peers: { slow: 10, fast: 40 } },
    { ours: 60, floor: 80, peers: { slow: 12, fast: 60 } },
    { ours: 70, floor: 100, peers: { slow: 11, fast: 35 } },
  ];

  it('takes the ratios within each run, so that a slow moment of the machine counts on both sides', () => {
    const result = summarise({ name: 'rate', unit: '/s', better: 'more', aim: { shareOfFloor: 0.7 } }, runs);
    expect(result).toMatchObject({ ours: 60, floor: 100, peers: { slow: 11, fast: 40 } });
    expect(result).toMatchObject({ shareOfFloor: 0.7, ratioToBestPeer: 1.25, aimIsMet: true });
  });

  it('turns the ratios round where less is better', () => {
    const result = summarise({ name: 'time', unit: 'ms', better: 'less', aim: { ours: 59 } }, runs);
    expect(result).toMatchObject({ shareOfFloor: 100 / 70, ratioToBestPeer: 0.2, aim: '≤ 59', aimIsMet: false });
  });
});

describe('compare', () => {
  it('leaves out as many rounds as are needed to warm up', async () => {
    let measured = 0;
    const ours = () => Promise.resolve((measured += 1));
    const { runs } = await compare({ name: 'warm', unit: 'turn', better: 'less', rounds: 2, warmUps: 3, ours });
    expect(runs.map((run) => run.ours)).toEqual([4, 5]);
  });

  it('lets the contenders take turns, forwards and backwards, and leaves out the first round', async () => {
    const order: string[] = [];
    const contender = (name: string) => () => {
      order.push(name);
      return Promise.resolve(order.length);
    };
    const result = await compare({
      name: 'turns',
      unit: 'turn',
      better: 'less',
      rounds: 2,
      ours: contender('ours'),
      floor: contender('floor'),
      peers: { one: contender('one') },
    });
    expect(order).toEqual(['ours', 'floor', 'one', 'one', 'floor', 'ours', 'ours', 'floor', 'one']);
    expect(result.runs).toEqual([
      { ours: 6, floor: 5, peers: { one: 4 } },
      { ours: 7, floor: 8, peers: { one: 9 } },
    ]);
  });
});
