/** Which way is good: facts per second, or milliseconds and megabytes. */
export type Better = 'more' | 'less';

/** One figure of the results, as `bench/results.json` lists it. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly better: Better;
  /** Median over the runs, as are all figures here. */
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  /** What the machine gives a bare program for the same work; null where there is no such program. */
  readonly floor: number | null;
  /** Above 1: we are better than the best of the peers. Median of the ratios within each run. */
  readonly ratioToBestPeer: number | null;
  /** 1: as good as the floor. Median of the ratios within each run. */
  readonly shareOfFloor: number | null;
  readonly aim: string | null;
  readonly aimIsMet: boolean | null;
  readonly runs: readonly Run[];
}

/** What one round saw. */
interface Run {
  readonly ours: number;
  readonly floor: number | null;
  readonly peers: Readonly<Record<string, number>>;
}

/** Measures once, from start to end, and answers the figure. */
export type Measurement = () => Promise<number>;

/** An aim is about the share of the floor, or about our own figure. */
export type Aim = { readonly shareOfFloor: number } | { readonly ours: number };

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly better: Better;
  readonly rounds: number;
  /** Rounds that are not counted, until the code is compiled and its plans are made. One, unless told otherwise. */
  readonly warmUps?: number;
  readonly ours: Measurement;
  readonly floor?: Measurement;
  readonly peers?: Readonly<Record<string, Measurement>>;
  readonly aim?: Aim;
}

/** The value below which `share` of them lie (nearest rank). Throws for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('of no values there is no percentile');
  return value;
}

/** The middle value; of an even number of values the mean of both. */
export function median(values: readonly number[]): number {
  const above = percentile(
    values.map((value) => -value),
    0.5,
  );
  return (percentile(values, 0.5) - above) / 2;
}

/**
 * Runs all contenders in turns, round after round, and in the opposite order in every other round, so that whatever
 * else the machine does meets all of them alike. The first rounds warm up and are not in the answer.
 */
export async function inTurns<Name extends string, Seen>(
  contenders: ReadonlyMap<Name, () => Promise<Seen>>,
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
): Promise<readonly ReadonlyMap<Name, Seen>[]> {
  const counted: ReadonlyMap<Name, Seen>[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const seen = new Map<Name, Seen>();
    const order = [...contenders];
    for (const [name, measure] of round % 2 === 0 ? order : order.reverse()) seen.set(name, await measure());
    if (round >= warmUps) counted.push(seen);
  }
  return counted;
}

/** Measures one figure of all contenders, in turns. */
export async function compare(comparison: Comparison): Promise<Result> {
  const { ours, floor, peers = {}, rounds, warmUps = 1 } = comparison;
  const contenders = new Map<string, Measurement>([['ours', ours]]);
  if (floor) contenders.set('floor', floor);
  for (const [name, measure] of Object.entries(peers)) contenders.set(`peer ${name}`, measure);
  const seen = await inTurns(contenders, { rounds, warmUps });
  return summarise(
    comparison,
    seen.map((each) => runOf(each, Object.keys(peers))),
  );
}

function runOf(seen: ReadonlyMap<string, number>, peers: readonly string[]): Run {
  const figure = (name: string): number => {
    const value = seen.get(name);
    if (value === undefined) throw new Error(`${name} was not measured`);
    return value;
  };
  return {
    ours: figure('ours'),
    floor: seen.get('floor') ?? null,
    peers: Object.fromEntries(peers.map((name) => [name, figure(`peer ${name}`)])),
  };
}

/** The figures of rounds that were measured already. */
export function summarise(
  { name, unit, better, aim }: Pick<Comparison, 'name' | 'unit' | 'better' | 'aim'>,
  runs: readonly Run[],
): Result {
  const ratio = (mine: number, other: number): number => (better === 'more' ? mine / other : other / mine);
  const best = (peers: readonly number[]): number => (better === 'more' ? Math.max(...peers) : Math.min(...peers));
  const middle = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : median(known);
  };
  const peerNames = Object.keys(runs[0]?.peers ?? {});
  const figures = {
    ours: median(runs.map(({ ours }) => ours)),
    floor: middle(runs.map(({ floor }) => floor)),
    shareOfFloor: middle(runs.map(({ ours, floor }) => (floor === null ? null : ratio(ours, floor)))),
  };
  return {
    name,
    unit,
    better,
    ...figures,
    peers: Object.fromEntries(peerNames.map((peer) => [peer, median(runs.map(({ peers }) => peers[peer] ?? NaN))])),
    ratioToBestPeer: middle(
      runs.map(({ ours, peers }) => (peerNames.length === 0 ? null : ratio(ours, best(Object.values(peers))))),
    ),
    ...judged(aim, better, figures),
    runs,
  };
}

function judged(
  aim: Aim | undefined,
  better: Better,
  { ours, shareOfFloor }: { readonly ours: number; readonly shareOfFloor: number | null },
): Pick<Result, 'aim' | 'aimIsMet'> {
  if (!aim) return { aim: null, aimIsMet: null };
  if ('shareOfFloor' in aim) {
    const wanted = `≥ ${Math.round(aim.shareOfFloor * 100)} % of floor`;
    return { aim: wanted, aimIsMet: shareOfFloor !== null && shareOfFloor >= aim.shareOfFloor };
  }
  return better === 'more'
    ? { aim: `≥ ${aim.ours}`, aimIsMet: ours >= aim.ours }
    : { aim: `≤ ${aim.ours}`, aimIsMet: ours <= aim.ours };
}
