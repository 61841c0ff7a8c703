import { setTimeout as pause } from 'node:timers/promises';
import { inTurns, percentile, summarise, type Comparison, type Result } from './measure';
import { People, type Person } from './people';
import { processorTimeOf } from './process-tree';
import type { Scale } from './scale';
import { withBothTopologies, type Running } from './topologies';
import { inLanes } from './http-client';

const lanes = 16;
const warmUps = 2;
/** Milliseconds in which is seen what is used at rest. */
const restFor = 1_000;

/** What one turn of answers showed: processor time in milliseconds an answer, and the milliseconds that answers took. */
interface Answered {
  readonly processor: number;
  readonly withoutKafka: number;
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds of processor time, and in how many milliseconds they were used. */
interface Used {
  readonly all: number;
  readonly kafka: number;
  readonly during: number;
}

/** What an installation uses while something is done. */
async function usedDuring(
  { installation }: Running,
  kafka: readonly number[],
  work: () => Promise<unknown>,
): Promise<Used> {
  const look = (): Used => ({
    all: installation.processorTime() * 1000,
    kafka: processorTimeOf(kafka) * 1000,
    during: performance.now(),
  });
  const before = look();
  await work();
  const after = look();
  return { all: after.all - before.all, kafka: after.kafka - before.kafka, during: after.during - before.during };
}

/**
 * Everybody has given the password and been asked. Time is taken of the answers alone, processor time until the audit has
 * recorded all that they made, so that what is done after the reply counts too; what is used at rest does not, which would
 * count for more the busier the machine is with other things.
 */
async function answers(
  running: Running,
  people: People,
  who: readonly Person[],
  kafka: readonly number[],
): Promise<Answered> {
  const asked = await people.ask(who);
  const step = await people.takeStep(who);
  await running.recording.reaches();
  const rest = await usedDuring(running, kafka, () => pause(restFor));
  let took: readonly number[] = [];
  const used = await usedDuring(running, kafka, async () => {
    took = await inLanes(asked, lanes, (each) => people.answer(each, step));
    await running.recording.reaches();
  });
  const each = (part: 'all' | 'kafka'): number => (used[part] - (rest[part] * used.during) / rest.during) / who.length;
  return {
    processor: each('all'),
    withoutKafka: each('all') - each('kafka'),
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
  };
}

/** Milliseconds of processor time in each second that nobody asks for anything. */
async function atRest(running: Running, seconds: number): Promise<number> {
  const { all, during } = await usedDuring(running, [], () => pause(seconds * 1000));
  return (all * 1000) / during;
}

type Side = 'services' | 'embedded';

function figure<Seen>(
  seen: readonly ReadonlyMap<Side, Seen>[],
  of: (each: Seen) => number,
  named: Pick<Comparison, 'name' | 'unit' | 'aim'>,
): Result {
  const side = (round: ReadonlyMap<Side, Seen>, name: Side): number => {
    const value = round.get(name);
    if (value === undefined) throw new Error(`${name} was not measured`);
    return of(value);
  };
  return summarise(
    { better: 'less', ...named },
    seen.map((round) => ({ ours: side(round, 'services'), floor: side(round, 'embedded'), peers: {} })),
  );
}

/** A second factor in the services topology, against the embedded one: the same people, code and databases. */
export async function* services({ rounds, seconds, people: count }: Scale): AsyncGenerator<Result> {
  yield* withBothTopologies(async function* (both) {
    const contenders = new Map<Side, () => Promise<Answered>>();
    for (const side of ['services', 'embedded'] as const) {
      const people = new People(both[side].client);
      const everybody = await people.create(count);
      const kafka = side === 'services' ? [both[side].installation.processes().kafka] : [];
      contenders.set(side, () => answers(both[side], people, everybody, kafka));
    }
    const answered = await inTurns(contenders, { rounds, warmUps });
    const name = `second factor, services, ${lanes} at once`;
    const aim = { shareOfFloor: 0.4 };
    yield figure(answered, ({ processor }) => processor, { name: `${name}, processor time`, unit: 'ms', aim });
    yield figure(answered, ({ withoutKafka }) => withoutKafka, { name: `${name}, without Kafka's`, unit: 'ms' });
    yield figure(answered, ({ p50 }) => p50, { name: `${name}, p50`, unit: 'ms' });
    yield figure(answered, ({ p99 }) => p99, { name: `${name}, p99`, unit: 'ms' });
    const resting = new Map<Side, () => Promise<number>>([
      ['services', () => atRest(both.services, seconds)],
      ['embedded', () => atRest(both.embedded, seconds)],
    ]);
    const rested = await inTurns(resting, { rounds, warmUps: 0 });
    yield figure(rested, (each) => each, { name: 'processor time at rest, services', unit: 'ms/s' });
  });
}
