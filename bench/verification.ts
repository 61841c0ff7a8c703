import { Database, PostgresEventStore } from '@cofactor/event-store';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { addCrowd } from './crowd';
import { inLanes, type HttpClient } from './http-client';
import { compare, median, type Measurement, type Result } from './measure';
import { codeOf, People, type Person } from './people';
import { envelope, passedData } from './sample-facts';
import type { Scale } from './scale';
import { withBothInstallations } from './two-installations';

const lanes = 16;
const shortHistory = 10;

/** Replays: the facts that may be many without changing what a credential may do. */
const replays = (count: number) =>
  Array.from({ length: count }, () => ({
    id: randomUUID(),
    at: new Date().toISOString(),
    type: 'challenge.refused',
    schemaVersion: 1,
    envelope: { ...envelope, organisationIds: [] },
    data: {
      challengeId: passedData.challengeId,
      signInId: passedData.signInId,
      credentialId: passedData.credentialId,
      factorType: 'totp',
      hint: passedData.hint,
      reason: 'already-used',
    },
  }));

/** Makes the history of each credential longer by so many facts; its state stays as it is. */
async function lengthen(url: string, people: readonly Person[], facts: number): Promise<void> {
  const database = await Database.open({ name: 'bench', url, poolSize: 2 });
  const store = new PostgresEventStore({ database, service: 'challenge' });
  for (const { credentialId } of people) {
    const stream = `credential-${credentialId}`;
    for (let left = facts; left > 0; left -= 1_000) {
      const { version, snapshot } = await store.load(stream);
      if (!snapshot) throw new Error(`${stream} has no facts yet`);
      const events = replays(Math.min(left, 1_000));
      await store.append({ streams: [{ stream, expectedVersion: version, events, snapshot }] });
    }
  }
  await database.close();
}

/** Waits until every consumer has taken every fact. */
async function settled(client: HttpClient): Promise<void> {
  for (;;) {
    const { body } = await client.call({ method: 'GET', path: '/metrics' });
    const lags = [...String(body).matchAll(/^cofactor_consumer_lag_facts\{[^}]*\} (\S+)$/gm)].map(([, lag]) =>
      Number(lag),
    );
    if (lags.length > 0 && lags.every((lag) => lag === 0)) return;
    await pause(200);
  }
}

/** What one turn of answers showed. */
interface Answered {
  readonly perSecond: number;
  /** Milliseconds of each answer. */
  readonly took: readonly number[];
}

/** Everybody has given the password and been asked; the time of the answers alone is measured. */
async function answers(people: People, who: readonly Person[], atOnce: number): Promise<Answered> {
  const asked = await people.ask(who);
  const step = await people.takeStep(who);
  const began = performance.now();
  const took = await inLanes(asked, atOnce, (each) => people.answer(each, step));
  return { perSecond: (who.length / (performance.now() - began)) * 1000, took };
}

/** As many codes of the same people at a server that verifies, writes a row and answers. */
async function bareAnswers(client: HttpClient, who: readonly Person[], atOnce: number): Promise<Answered> {
  const step = Math.floor(Date.now() / 30_000);
  const bodies = who.map(({ secret }) => ({ secret, code: codeOf(secret, step) }));
  const began = performance.now();
  const took = await inLanes(bodies, atOnce, (body) => client.expect(200, { method: 'POST', path: '/answer', body }));
  return { perSecond: (who.length / (performance.now() - began)) * 1000, took };
}

/** Codes that are verified, recorded and turned into a session, against Node's own server with otplib and one INSERT. */
export async function* verification(scale: Scale): AsyncGenerator<Result> {
  const { rounds, people: count, peopleWithHistory, longHistory, largeInstallation } = scale;
  yield* withBothInstallations(async function* ({ client, bare, installation }) {
    const people = new People(client);
    const everybody = await people.create(count);
    await settled(client);
    yield await compare({
      name: `second factor over HTTP, ${lanes} at once`,
      unit: 'answers/s',
      better: 'more',
      rounds,
      warmUps: 4,
      ours: async () => (await answers(people, everybody, lanes)).perSecond,
      floor: async () => (await bareAnswers(bare, everybody, lanes)).perSecond,
      aim: { shareOfFloor: 0.4 },
    });
    const [short, long] = [everybody.slice(0, peopleWithHistory), everybody.slice(-peopleWithHistory)];
    const url = installation.logUrl('challenge');
    await lengthen(url, short, shortHistory);
    await lengthen(url, long, longHistory);
    await settled(client);
    const oneByOne = (who: readonly Person[]): Measurement => {
      return async () => median((await answers(people, who, 1)).took);
    };
    yield await compare({
      name: `second factor over HTTP, one at a time, ${longHistory.toLocaleString('en-GB')} past facts`,
      unit: 'ms',
      better: 'less',
      rounds,
      ours: oneByOne(long),
      floor: async () => median((await bareAnswers(bare, long, 1)).took),
      peers: { [`${shortHistory} past facts`]: oneByOne(short) },
      aim: { shareOfFloor: 0.4 },
    });
    const few = await oneByOne(short)();
    await addCrowd(installation, largeInstallation);
    yield await compare({
      name: `second factor over HTTP, one at a time, among ${largeInstallation.toLocaleString('en-GB')} more people`,
      unit: 'ms',
      better: 'less',
      rounds,
      ours: oneByOne(short),
      // Before there were more; in the same run, but not in turns, since people do not go away again.
      peers: { 'without them': () => Promise.resolve(few) },
    });
  });
}
