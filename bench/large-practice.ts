import { presets } from '@cofactor/contracts';
import { withClient } from './databases';
import { inLanes, type HttpClient } from './http-client';
import type { Installation } from './installation';
import { compare, type Measurement, type Result } from './measure';
import { People } from './people';
import type { Scale } from './scale';
import { withInstallation } from './two-installations';

const lanes = 8;
const ofAPage = 50;

/** Takes the people whom a practice adds through the interface; every second one of them holds what the manager holds. */
async function fill(client: HttpClient, installation: Installation, at: string, token: string, count: number) {
  const numbers = Array.from({ length: count }, (_none, number) => number);
  await inLanes(numbers, lanes, (number) =>
    client.expect(201, {
      method: 'POST',
      path: `${at}/people`,
      token,
      body: { name: `Sam Whittaker ${number}`, email: `sam.${number}@practice.example`, roles: ['member'] },
    }),
  );
  const members = await withClient(installation.ownerUrl('identity'), async (owner) => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT person_id AS id FROM memberships WHERE roles = '{member}'`,
    );
    return rows.map(({ id }) => id);
  });
  const holders = members.filter((_id, number) => number % 2 === 0);
  await withClient(installation.ownerUrl('factor-enrollment'), async (owner) => {
    await owner.query(
      `INSERT INTO streams SELECT 'factors-' || id, version, state_version, snapshot
         FROM (SELECT * FROM streams WHERE stream LIKE 'factors-%' LIMIT 1) AS model, unnest($1::text[]) AS id`,
      [holders],
    );
    await owner.query('VACUUM ANALYZE streams');
  });
}

/** Milliseconds of one request. */
const took = (work: () => Promise<unknown>): Measurement => {
  return async () => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
};

/** The pages of a practice with very many people: the list of them, and what other rules would do to all of them. */
export async function* largePractice({ rounds, largePractice: count }: Scale): AsyncGenerator<Result> {
  yield* withInstallation(async function* ({ client, installation }) {
    const people = new People(client);
    const [manager] = await people.create(1);
    const [asked] = await people.ask(manager ? [manager] : []);
    if (!manager || !asked) throw new Error('nobody was created');
    const token = await people.answer(asked, await people.takeStep([manager]));
    const at = `/v1/organisations/${manager.organisationId}`;
    await fill(client, installation, at, token, count);
    const named = count.toLocaleString('en-GB');
    const policy = { ...presets.healthcode, enforced: true };
    const forecast = { method: 'POST', path: `${at}/policy/forecast`, token, body: { policy } } as const;
    const page = { method: 'GET', path: `${at}/people?limit=${ofAPage}`, token } as const;
    yield await compare({
      name: `forecast for ${named} people`,
      unit: 'ms',
      better: 'less',
      rounds,
      // The first is what whoever opens the page waits for.
      warmUps: 0,
      ours: took(() => client.expect(200, forecast)),
      aim: { ours: 1_000 },
    });
    yield await compare({
      name: `${ofAPage} people on a page, of ${named}`,
      unit: 'ms',
      better: 'less',
      rounds,
      ours: took(() => client.expect(200, page)),
      peers: {
        'those who have set up nothing': took(() =>
          client.expect(200, { ...page, path: `${page.path}&secondFactor=none` }),
        ),
      },
      aim: { ours: 100 },
    });
  });
}
