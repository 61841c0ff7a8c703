import type { HttpClient } from './http-client';
import { compare, type Measurement, type Result } from './measure';
import { People } from './people';
import type { Scale } from './scale';
import { withBothInstallations } from './two-installations';

const lanes = 16;
const sessions = 16;
/** As many as bare-server.ts has. */
const bareSessions = 1_000;

/** Checks in a second, with one token after the other. */
const checks = (client: HttpClient, path: string, tokens: readonly string[], seconds: number): Measurement => {
  return async () => {
    const began = performance.now();
    const until = began + seconds * 1000;
    let done = 0;
    const lane = async (first: number) => {
      for (let turn = first; performance.now() < until; turn += lanes) {
        await client.expect(200, { method: 'GET', path, token: tokens[turn % tokens.length] ?? '' });
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_none, number) => lane(number)));
    return (done / (performance.now() - began)) * 1000;
  };
};

/** `GET /v1/session`, against Node's own server with a look-up in memory, and with one SELECT. */
export async function* sessionCheck({ rounds, seconds }: Scale): AsyncGenerator<Result> {
  yield* withBothInstallations(async function* ({ client, bare }) {
    const people = new People(client);
    const everybody = await people.create(sessions);
    const asked = await people.ask(everybody);
    const step = await people.takeStep(everybody);
    const tokens = await Promise.all(asked.map((each) => people.answer(each, step)));
    const bareTokens = Array.from({ length: bareSessions }, (_none, number) => `token-${number}`);
    yield await compare({
      name: `session check, ${lanes} at once`,
      unit: 'checks/s',
      better: 'more',
      rounds,
      ours: checks(client, '/v1/session', tokens, seconds),
      floor: checks(bare, '/session', bareTokens, seconds),
      peers: { 'bare http and one SELECT': checks(bare, '/session-in-database', bareTokens, seconds) },
    });
  });
}
