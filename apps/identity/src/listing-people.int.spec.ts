import { presets, type OrganisationRole, type SecondFactorState } from '@cofactor/contracts';
import { contextOf, nothingHeld, startIdentity, theAppHeld } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.holdings.now = nothingHeld));

async function managed() {
  const practice = await installation.practice();
  return { ...practice, token: await installation.signedInWithApp(practice) };
}
type Managed = Awaited<ReturnType<typeof managed>>;
interface Asked {
  readonly after?: string | null;
  readonly limit?: number;
  readonly secondFactor?: SecondFactorState;
}

const list = ({ token, organisationId }: Managed, asked: Asked = {}) =>
  installation.identity.listPeople({ token, organisationId, ...asked }, contextOf());
const read = ({ token, organisationId }: Managed, personId: string) =>
  installation.identity.readPerson({ token, organisationId, personId }, contextOf());

/** Someone who belongs to this practice too. */
async function colleague({ organisationId }: Managed, role: OrganisationRole = 'member') {
  const person = await managed();
  await installation.join(person.personId, organisationId, [role]);
  return person;
}

async function pages(practice: Managed, asked: Asked): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(practice, { ...asked, after });
    expect(page.people.length).toBeLessThanOrEqual(asked.limit ?? 500);
    found.push(...page.people.map(({ personId }) => personId));
    after = page.next;
  } while (after !== null);
  return found;
}

describe('the people of a practice', () => {
  it('are listed with how far each is under the rules of all their practices, and with kinds of methods alone (AX3)', async () => {
    const practice = await managed();
    const [bare, halfway] = [await colleague(practice), await colleague(practice)];
    installation.holdingsOf.set(bare.personId, nothingHeld);
    const { people } = await list(practice);
    const of = (personId: string) => people.find((person) => person.personId === personId);
    expect(of(bare.personId)).toMatchObject({ roles: ['member'], methods: [], secondFactor: 'none' });
    // The rules of healthcode ask for a secondary method (HC4).
    expect(of(halfway.personId)).toMatchObject({ methods: ['totp'], secondFactor: 'incomplete' });
    expect(await read(practice, halfway.personId)).toEqual(of(halfway.personId));
    const policy = { ...presets.healthcode, secondaryRequired: false };
    for (const { token, organisationId } of [practice, halfway]) {
      const change = { token, organisationId, version: 1, policy, acceptLockOut: [] };
      await installation.identity.changePolicy(change, contextOf());
    }
    expect(await read(practice, halfway.personId)).toMatchObject({ secondFactor: 'complete' });
  });

  it('are read page by page, each once, also where only some are asked for', async () => {
    const practice = await managed();
    const people = [practice, await colleague(practice), await colleague(practice), await colleague(practice)];
    const [first, second, third, fourth] = people.map(({ personId }) => personId);
    installation.holdingsOf.set(fourth ?? '', nothingHeld);
    expect(await pages(practice, { limit: 3 })).toEqual(people.map(({ personId }) => personId));
    expect(await pages(practice, { limit: 1, secondFactor: 'incomplete' })).toEqual([first, second, third]);
    expect(await pages(practice, { limit: 2, secondFactor: 'none' })).toEqual([fourth]);
    expect(await pages(practice, { secondFactor: 'complete' })).toEqual([]);
  });

  it('are asked about at most 500 at a time, and only as many as a page shows', async () => {
    const practice = await managed();
    await installation.database.query(
      `WITH added AS (INSERT INTO people (person_id, email_hint, sealed_name, name_index)
         SELECT 'member-' || lpad(n::text, 4, '0'), 'm•••@practice.example', sealed_name, 'index'
           FROM people, generate_series(1, 1200) AS n WHERE person_id = $2
         RETURNING person_id)
       INSERT INTO memberships (person_id, organisation_id, roles)
       SELECT person_id, $1, '{member}' FROM added`,
      [practice.organisationId, practice.personId],
    );
    const asked = async (asks: Asked) => {
      const before = installation.asked.length;
      await list(practice, asks);
      return installation.asked.slice(before);
    };
    expect(await asked({ limit: 50 })).toEqual([51]);
    installation.holdingsOf.set('member-1150', theAppHeld);
    expect(await asked({ limit: 50, secondFactor: 'incomplete' })).toEqual([500, 500, 201]);
  });

  it('are open to administrators and to analysts, and to nobody else', async () => {
    const practice = await managed();
    for (const [role, code] of [
      ['analyst', null],
      ['member', 'not-allowed'],
      ['patient', 'not-allowed'],
    ] as const) {
      const { token } = await colleague(practice, role);
      const as = { ...practice, token };
      const seen = Promise.all([list(as), read(as, practice.personId)]);
      if (code === null) await expect(seen).resolves.toBeDefined();
      else await expect(seen).rejects.toMatchObject({ code });
    }
    const stranger = await managed();
    await expect(read(practice, stranger.personId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(read({ ...practice, token: stranger.token }, practice.personId)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('are not shown while factor-enrollment is silent, rather than as if they had nothing', async () => {
    const practice = await managed();
    installation.holdings.now = null;
    await expect(list(practice)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
