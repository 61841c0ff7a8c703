import { HttpClient } from './http-client';
import { Installation } from './installation';
import { summarise, type Result } from './measure';
import { People } from './people';
import type { Scale } from './scale';

/** People who set up their factors and sign in between the two looks at the memory. */
const people = 24;

interface Seen {
  readonly start: number;
  readonly idle: number;
  readonly worked: number;
}

async function startOnce(home: string): Promise<Seen> {
  const installation = await Installation.start(home, 'npm start');
  const client = new HttpClient(installation.base);
  try {
    const idle = installation.memory();
    const workers = new People(client);
    await workers.ask(await workers.create(people));
    return { start: installation.startUp / 1000, idle, worked: installation.memory() };
  } finally {
    client.close();
    await installation.stop();
  }
}

/** The second start of `npm start` on the same data, and the memory of all that it runs, npm included. */
export async function* startUp({ rounds }: Scale): AsyncGenerator<Result> {
  const home = Installation.newHome();
  const first = await Installation.start(home, 'npm start');
  await first.stop();
  const seen: Seen[] = [];
  for (let round = 0; round < rounds; round += 1) seen.push(await startOnce(home));
  await first.remove();
  const result = (name: string, unit: string, aim: number, figure: (each: Seen) => number): Result =>
    summarise(
      { name, unit, better: 'less', aim: { ours: aim } },
      seen.map((each) => ({ ours: figure(each), floor: null, peers: {} })),
    );
  yield result('second start, to ready', 's', 5, ({ start }) => start);
  yield result('memory of the process tree, just started', 'MB', 300, ({ idle }) => idle);
  yield result('memory of the process tree, after work', 'MB', 300, ({ worked }) => worked);
}
