import { Client } from 'pg';
import { z } from 'zod';
import { startServer } from './databases';
import { HttpClient, type Reply } from './http-client';
import { Installation } from './installation';
import { percentile, summarise, type Comparison, type Result } from './measure';
import { People, type Asked, type Person } from './people';
import { envelope } from './sample-facts';
import type { Scale } from './scale';

const lanesOfLoad = 8;
const recordsReply = z.object({
  records: z.array(z.object({ type: z.string(), stream: z.string(), version: z.number() })),
});

/** A sign-in may have twenty challenges open; its first is asked for when it starts. */
const challengesOfSignIn = 19;

/** One person who asks for codes, in as many sign-ins as that takes. */
class Asker {
  private signIn: Asked | null = null;
  private left = 0;

  constructor(
    private readonly client: HttpClient,
    private readonly people: People,
    private readonly person: Person,
  ) {}

  /** So that the next question is measured without a password. */
  async prepare(): Promise<Asked> {
    if (this.signIn && this.left > 0) return this.signIn;
    const [asked] = await this.people.ask([this.person]);
    if (!asked) throw new Error('nobody was asked');
    this.signIn = asked;
    this.left = challengesOfSignIn;
    return asked;
  }

  async ask(): Promise<Reply> {
    const { signInId, token, person } = await this.prepare();
    this.left -= 1;
    return this.client.expect(201, {
      method: 'POST',
      path: `/v1/sign-ins/${signInId}/challenges`,
      token,
      body: { credentialId: person.credentialId },
    });
  }
}

/** Somebody who reads the audit in one session, and asks for codes in other sign-ins. */
interface Watcher {
  readonly person: Person;
  readonly session: string;
  readonly asker: Asker;
}

/** Milliseconds from the reply to a write until a read of the audit that asks for it has been answered. */
async function untilVisible(client: HttpClient, { person, session, asker }: Watcher): Promise<number> {
  const written = await asker.ask();
  const position = String(written.headers['cofactor-position'] ?? '');
  const began = performance.now();
  const read = await client.expect(200, {
    method: 'GET',
    path: `/v1/organisations/${person.organisationId}/audit/records?limit=20`,
    token: session,
    headers: { 'cofactor-read-after': position },
  });
  const took = performance.now() - began;
  // Not always the newest: what identity wrote about the same sign-in comes by a log of its own.
  const isTheWrite = ({ type, stream, version }: z.infer<typeof recordsReply>['records'][number]): boolean =>
    type === 'challenge.issued' && position.split(', ').includes(`${stream}@${version}`);
  if (!recordsReply.parse(read.body).records.some(isTheWrite)) {
    throw new Error('the audit did not show the write');
  }
  return took;
}

/** Asks for codes, one after the other, until the signal comes. */
async function load(asker: Asker, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) await asker.ask();
}

/** Does the work while so many others ask for codes without a pause. */
async function under<T>(others: readonly Asker[], work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const running = others.map((asker) => load(asker, ended.signal));
  try {
    return await work();
  } finally {
    ended.abort();
    await Promise.all(running);
  }
}

const bareTables = `
  CREATE TABLE facts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, envelope jsonb);
  CREATE TABLE followed (id bigint PRIMARY KEY, envelope jsonb)`;

/** The least that a commit, a notification and a second commit cost. */
async function bareHandOver(writer: Client, follower: Client): Promise<number> {
  const notified = new Promise((resolve) => follower.once('notification', resolve));
  await writer.query({
    name: 'fact',
    text: `WITH added AS (INSERT INTO facts (envelope) VALUES ($1) RETURNING id)
      SELECT pg_notify('facts', id::text) FROM added`,
    values: [JSON.stringify(envelope)],
  });
  const began = performance.now();
  await notified;
  await follower.query({
    name: 'follow',
    text: 'INSERT INTO followed SELECT * FROM facts WHERE id > coalesce((SELECT max(id) FROM followed), 0)',
  });
  await writer.query({ name: 'look', text: 'SELECT * FROM followed ORDER BY id DESC LIMIT 1' });
  return performance.now() - began;
}

/** One who watches, and others who make load. */
async function takePlaces(
  client: HttpClient,
  people: People,
): Promise<{ readonly watcher: Watcher; readonly others: readonly Asker[] }> {
  const [person, ...rest] = await people.create(1 + lanesOfLoad);
  if (!person) throw new Error('nobody was created');
  const askerFor = (one: Person): Asker => new Asker(client, people, one);
  const session = await people.answer(await askerFor(person).prepare(), await people.takeStep([person]));
  return { watcher: { person, session, asker: askerFor(person) }, others: rest.map(askerFor) };
}

async function samples(count: number, measure: () => Promise<number>): Promise<readonly number[]> {
  const seen: number[] = [];
  while (seen.length < count) seen.push(await measure());
  return seen;
}

const commands = { embedded: 'application', services: 'services' } as const;

/** Milliseconds from a commit until the audit shows it, without and with others at work, in either topology. */
export async function* visibility(scale: Scale): AsyncGenerator<Result> {
  yield* visibilityIn('embedded', scale);
  yield* visibilityIn('services', scale);
}

async function* visibilityIn(topology: keyof typeof commands, { rounds, seconds }: Scale): AsyncGenerator<Result> {
  const installation = await Installation.start(Installation.newHome(), commands[topology]);
  const client = new HttpClient(installation.base);
  const server = await startServer();
  try {
    const { watcher, others } = await takePlaces(client, new People(client));
    const { ownerUrl } = await server.createDatabase('bare', []);
    const [writer, follower] = [new Client(ownerUrl), new Client(ownerUrl)];
    // When the bench fails they end with the server, which is no second failure.
    for (const each of [writer, follower]) each.on('error', () => undefined);
    await Promise.all([writer.connect(), follower.connect()]);
    await writer.query(bareTables);
    await follower.query('LISTEN facts');
    for (const lanes of [0, lanesOfLoad]) {
      const seen: { readonly ours: readonly number[]; readonly floor: readonly number[] }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const count = seconds * 100;
        const ours = await under(others.slice(0, lanes), () => samples(count, () => untilVisible(client, watcher)));
        seen.push({ ours, floor: await samples(count, () => bareHandOver(writer, follower)) });
      }
      const result = (name: string, share: number, aim: Pick<Comparison, 'aim'>): Result =>
        summarise(
          {
            name: `commit to audit, ${topology}, ${lanes} others at work, ${name}`,
            unit: 'ms',
            better: 'less',
            ...aim,
          },
          seen.map(({ ours, floor }) => ({
            ours: percentile(ours, share),
            floor: percentile(floor, share),
            peers: {},
          })),
        );
      yield result('p50', 0.5, {});
      yield result('p99', 0.99, { aim: { ours: 250 } });
    }
    await Promise.all([writer.end(), follower.end()]);
  } finally {
    client.close();
    await installation.remove();
    await server.stop();
  }
}
