import { presets, type ForecastList, type OrganisationRole, type Policy } from '@cofactor/contracts';
import { contextOf, nothingHeld, password, startIdentity, theAppHeld } from './identity.fixture';
import { runOperatorCommand } from './operator';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.holdings.now = nothingHeld));

async function managed() {
  const practice = await installation.practice();
  return { ...practice, token: await installation.signedInWithApp(practice) };
}
type Managed = Awaited<ReturnType<typeof managed>>;
type Asked = { readonly list?: ForecastList; readonly after?: string | null; readonly limit?: number };

const forecast = ({ token, organisationId }: Managed, policy: Policy, { list, after, limit }: Asked = {}) =>
  installation.identity.forecastPolicy(
    { token, organisationId, policy, list: list ?? 'affected', after: after ?? null, limit: limit ?? 100 },
    contextOf(),
  );
const change = ({ token, organisationId }: Managed, policy: Policy, acceptLockOut: string[] = []) =>
  installation.identity.changePolicy({ token, organisationId, version: 1, policy, acceptLockOut }, contextOf());

/** Makes someone who is registered already a person of this practice alone. */
const move = (personId: string, { organisationId }: Managed, role: OrganisationRole) =>
  installation.database.query('UPDATE memberships SET organisation_id = $2, roles = $3 WHERE person_id = $1', [
    personId,
    organisationId,
    [role],
  ]);

/** People of this practice, who hold nothing but what they are given. */
async function colleagues(practice: Managed, count: number) {
  const people = [];
  for (let number = 0; number < count; number += 1) {
    const person = await installation.practice();
    await move(person.personId, practice, 'member');
    people.push(person);
  }
  return people;
}

const enforced: Policy = { ...presets.healthcode, enforced: true, secondaryRequired: false };

describe('BX4 the forecast', () => {
  it('counts and lists who is asked to set up, who loses a method and who is locked out, and changes nothing', async () => {
    const practice = await managed();
    const [bare, app] = await colleagues(practice, 3);
    const shared = await installation.practice('healthcode', 'reception.4@practice.example');
    await installation.join(shared.personId, practice.organisationId, ['member']);
    installation.holdingsOf.set(app?.personId ?? '', theAppHeld);
    const appOnly: Policy = {
      ...enforced,
      genericAccounts: 'refused',
      allowedFactors: ['totp'],
      defaultFactors: ['totp'],
      secondaryFactors: ['totp'],
      recoveryCodes: { kind: 'none', count: 0 },
    };
    const seen = await forecast(practice, appOnly);
    expect(seen).toMatchObject({ version: 1, counts: { people: 5, setUp: 2, losesMethod: 2, lockedOut: 1 } });
    expect(seen.people).toHaveLength(5);
    const of = (personId = '') => seen.people.find((person) => person.personId === personId);
    expect(of(bare?.personId)).toMatchObject({ name: 'Dr Amara Okafor', setUp: true, loses: [], lockedOut: false });
    expect(of(app?.personId)).toMatchObject({ setUp: false, loses: ['recovery-code'], lockedOut: false });
    expect(of(shared.personId)).toMatchObject({ setUp: false, loses: [], lockedOut: true });
    const lockedOut = await forecast(practice, appOnly, { list: 'locked-out' });
    expect(lockedOut.people.map(({ personId }) => personId)).toEqual([shared.personId]);
  });

  it('is read page by page, each person once', async () => {
    const practice = await managed();
    const people = await colleagues(practice, 5);
    const found: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof forecast>> = await forecast(practice, enforced, { after, limit: 2 });
      found.push(...page.people.map(({ personId }) => personId));
      after = page.next;
    } while (after !== null);
    expect(found).toEqual(people.map(({ personId }) => personId).sort());
  });

  it('asks the owner of factors for at most 500 people at a time', async () => {
    const practice = await managed();
    await installation.database.query(
      `WITH added AS (INSERT INTO people (person_id, email_hint, sealed_name, name_index)
         SELECT 'member-' || n, 'm•••@practice.example', 'sealed', 'index' FROM generate_series(1, 1200) AS n
         RETURNING person_id)
       INSERT INTO memberships (person_id, organisation_id, roles)
       SELECT person_id, $1, '{member}' FROM added`,
      [practice.organisationId],
    );
    const before = installation.asked.length;
    expect((await forecast(practice, enforced, { list: 'locked-out' })).counts).toMatchObject({
      people: 1201,
      setUp: 1200,
    });
    expect(installation.asked.slice(before)).toEqual([500, 500, 201]);
  });

  it('is unavailable while factor-enrollment is silent, and so is a change', async () => {
    const practice = await managed();
    installation.holdings.now = null;
    await expect(forecast(practice, enforced)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(change(practice, enforced)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('BX9: tells what the rules would reach, before they are made', async () => {
    const practice = await managed();
    const reached = async (policy: Policy) =>
      (await forecast(practice, policy)).assurance.filter((one) => one.reached).map(({ standard }) => standard);
    expect(await reached(presets.healthcode)).toEqual(['nist-aal1']);
    expect(await reached(enforced)).toEqual(['nist-aal1', 'cyber-essentials']);
  });

  it('§5 refuses what people of several practices could not live under, as the change does', async () => {
    const [one, other] = [await managed(), await managed()];
    await installation.join(one.personId, other.organisationId, ['member']);
    await change(one, { ...presets.healthcode, resetsBy: ['administrator'] });
    await expect(forecast(other, { ...presets.healthcode, resetsBy: ['support'] })).rejects.toMatchObject({
      code: 'policy-not-possible',
      extras: { errors: [{ pointer: '/policy/resetsBy' }] },
    });
  });

  it('is for administrators', async () => {
    const practice = await managed();
    const member = await managed();
    await installation.join(member.personId, practice.organisationId, ['member']);
    const asMember = { ...practice, token: member.token };
    await expect(forecast(asMember, enforced)).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

describe('AX6 HE13 a shared account', () => {
  const refusing: Policy = { ...enforced, genericAccounts: 'refused' };
  const sharing = async (practice: Managed, address: string) => {
    const shared = await installation.practice('healthcode', address);
    await installation.join(shared.personId, practice.organisationId, ['member']);
    return shared;
  };

  it('BX4 is not locked out unless the change names it', async () => {
    const practice = await managed();
    const { personId } = await sharing(practice, 'admin-7@practice.example');
    const detail = expect.stringContaining('One person could not sign in any more') as string;
    await expect(change(practice, refusing)).rejects.toMatchObject({ code: 'would-lock-out', extras: { detail } });
    await expect(change(practice, refusing, ['somebody-else'])).rejects.toMatchObject({ code: 'would-lock-out' });
    expect(await change(practice, refusing, [personId])).toMatchObject({ version: 2 });
  });

  it('sets up no method where that is refused, and the try is a fact', async () => {
    const { email, personId } = await installation.practice('accurx', 'office@practice.example');
    const { token } = await installation.identity.startSignIn({ email, password }, contextOf());
    const enrol = { token, permission: 'enrol-factor', signInId: null, organisationId: null, password: null } as const;
    await expect(installation.identity.authorise(enrol, contextOf())).rejects.toMatchObject({
      code: 'generic-account',
    });
    const fact = (await installation.facts()).at(-1);
    expect(fact).toMatchObject({
      type: 'factor-change.refused',
      schemaVersion: 2,
      data: { personId, change: 'enrol-factor', reason: 'generic-account' },
    });
  });

  it('that an earlier release registered is known after the next sweep', async () => {
    const practice = await managed();
    const { personId } = await sharing(practice, 'info@practice.example');
    const lockedOut = async () => (await forecast(practice, refusing)).counts.lockedOut;
    await installation.database.query('UPDATE people SET name_index = NULL WHERE person_id = $1', [personId]);
    expect(await lockedOut()).toBe(0);
    await installation.sweep();
    expect(await lockedOut()).toBe(1);
  });
});

describe('HE3 a second factor for one person', () => {
  async function anOperator() {
    const { personId, email } = await installation.practice();
    await runOperatorCommand([email], installation.environment, () => undefined);
    return installation.signedInWithApp({ personId, email });
  }
  const ask = (token: string, personId: string, required: boolean) =>
    installation.identity.requireSecondFactorOf({ token, personId, required }, contextOf());
  const nextOf = async (email: string) =>
    (await installation.identity.startSignIn({ email, password }, contextOf())).next.step;

  it('is switched on and off by the operator, patient or not, and each is a fact', async () => {
    const token = await anOperator();
    const { personId, organisationId, email } = await installation.practice();
    await installation.database.query(`UPDATE memberships SET roles = '{patient}' WHERE person_id = $1`, [personId]);
    expect(await nextOf(email)).toBe('completed');
    await ask(token, personId, true);
    await ask(token, personId, true);
    expect(await nextOf(email)).toBe('set-up');
    await ask(token, personId, false);
    expect(await nextOf(email)).toBe('completed');
    const facts = (await installation.facts()).filter(
      ({ type, stream }) => type === 'person.second-factor-requirement-changed' && stream === `person-${personId}`,
    );
    expect(facts.map(({ data }) => data)).toEqual([
      { personId, required: true },
      { personId, required: false },
    ]);
    expect(facts[0]?.envelope).toMatchObject({ organisationIds: [organisationId], actor: { kind: 'operator' } });
  });

  it('is for the operator alone, and for someone who is there', async () => {
    const practice = await managed();
    await expect(ask(practice.token, practice.personId, true)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(ask(await anOperator(), 'nobody', true)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves the patients of an enforcing practice out, unless it covers them', async () => {
    const practice = await managed();
    const patient = await installation.practice();
    await move(patient.personId, practice, 'patient');
    await change(practice, enforced);
    expect(await nextOf(patient.email)).toBe('completed');
    const covering = { ...enforced, coversPatients: true };
    const { token, organisationId } = practice;
    await installation.identity.changePolicy(
      { token, organisationId, version: 2, policy: covering, acceptLockOut: [] },
      contextOf(),
    );
    expect(await nextOf(patient.email)).toBe('set-up');
  });
});
