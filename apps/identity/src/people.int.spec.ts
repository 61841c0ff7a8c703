import { presets, type OrganisationRole } from '@cofactor/contracts';
import { contextOf, password, startIdentity, theAppHeld } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());

interface Manager {
  readonly organisationId: string;
  readonly personId: string;
  readonly token: string;
}

/** A practice whose manager is signed in, by the password alone unless the practice asks for more. */
async function managed(): Promise<Manager> {
  const { organisationId, personId, email } = await installation.practice();
  const { token } = await installation.identity.startSignIn({ email, password }, contextOf());
  return { organisationId, personId, token };
}

let addresses = 0;
const newEmail = () => `person-${(addresses += 1)}@practice.example`;
const add = (
  { token, organisationId }: Manager,
  email: string,
  roles: OrganisationRole[] = ['member'],
  siteIds: string[] = [],
  idempotencyKey: string | null = null,
) =>
  installation.identity.addPerson(
    { token, organisationId, name: 'Lee Park', email, roles, siteIds },
    contextOf({ idempotencyKey }),
  );
/** Takes in someone of another practice, which the manager administers too at that moment. */
async function takeIn(
  manager: Manager,
  { email, organisationId }: { readonly email: string; readonly organisationId: string },
  roles: OrganisationRole[],
  siteIds: string[] = [],
) {
  await installation.join(manager.personId, organisationId, ['administrator']);
  const reply = await add(manager, email, roles, siteIds);
  const leave = 'DELETE FROM memberships WHERE person_id = $1 AND organisation_id = $2';
  await installation.database.query(leave, [manager.personId, organisationId]);
  return reply;
}
const list = ({ token, organisationId }: Manager) =>
  installation.identity.listPeople({ token, organisationId }, contextOf());
const change = (
  { token, organisationId }: Manager,
  personId: string,
  roles: OrganisationRole[],
  siteIds: string[] = [],
) => installation.identity.changePerson({ token, organisationId, personId, roles, siteIds }, contextOf());
const remove = ({ token, organisationId }: Manager, personId: string) =>
  installation.identity.removePerson({ token, organisationId, personId }, contextOf());
const addSite = ({ token, organisationId }: Manager, name: string) =>
  installation.identity.addSite({ token, organisationId, name }, contextOf());
const signIn = (email: string) => installation.identity.startSignIn({ email, password }, contextOf());
const addressOf = async ({ personId }: Manager) => (await installation.contacts.openFor(personId, 'email')) ?? '';
const factsAbout = async (personId: string) =>
  (await installation.facts()).filter(({ envelope }) => envelope.subject.id === personId);

describe('adding a person', () => {
  it('§6.5 is one commit of person, address and membership, told of the practice alone', async () => {
    const manager = await managed();
    const { siteId } = await addSite(manager, 'Ground floor');
    const { personId, positions } = await add(manager, newEmail(), ['member', 'analyst'], [siteId]);
    expect(positions).toEqual([`person-${personId}@3`]);
    const facts = await factsAbout(personId);
    expect(facts.map(({ type }) => type)).toEqual([
      'person.registered',
      'person.joined-organisation',
      'person.sites-changed',
      'first-password.offered',
    ]);
    for (const { envelope } of facts) {
      expect(envelope.organisationIds).toEqual([manager.organisationId]);
      expect(envelope.actor).toEqual({ kind: 'person', id: manager.personId });
    }
    const { people } = await list(manager);
    expect(people.find((one) => one.personId === personId)).toMatchObject({
      name: 'Lee Park',
      roles: ['member', 'analyst'],
      siteIds: [siteId],
      secondFactor: 'none',
      firstPassword: 'missing',
    });
  });

  it('leaves a door that no password opens until one is chosen', async () => {
    const email = newEmail();
    await add(await managed(), email);
    await expect(signIn(email)).rejects.toMatchObject({ code: 'invalid-credentials' });
  });

  it('lets whoever is registered join with the same answer, keep their name and password, and belong to both', async () => {
    const [one, other] = [await managed(), await installation.practice()];
    const reply = await takeIn(one, { ...other, email: other.email.toUpperCase() }, ['analyst']);
    expect(Object.keys(reply).sort()).toEqual(['delivery', 'personId', 'positions']);
    expect(reply.personId).toBe(other.personId);
    const { token } = await signIn(other.email);
    const session = await installation.identity.readSession({ token }, contextOf());
    expect(session.organisations.map(({ organisationId, roles }) => ({ organisationId, roles }))).toEqual(
      expect.arrayContaining([
        { organisationId: one.organisationId, roles: ['analyst'] },
        { organisationId: other.organisationId, roles: ['administrator'] },
      ]),
    );
    const joined = (await factsAbout(other.personId)).find(
      ({ type, envelope }) => type === 'person.joined-organisation' && envelope.actor.id === one.personId,
    );
    expect(joined?.envelope.organisationIds).toEqual([one.organisationId]);
    await expect(add(one, other.email)).rejects.toMatchObject({ code: 'already-a-member' });
  });

  it('of two managers who add the same new address at once, registers one person, who belongs to the quicker', async () => {
    const [one, other] = [await managed(), await managed()];
    const email = newEmail();
    const replies = await Promise.allSettled([add(one, email), add(other, email)]);
    const [added] = replies.flatMap((reply) => (reply.status === 'fulfilled' ? [reply.value] : []));
    const [refused] = replies.flatMap((reply) => (reply.status === 'rejected' ? [reply.reason as unknown] : []));
    expect(refused).toMatchObject({ code: 'email-taken' });
    expect((await factsAbout(added?.personId ?? '')).map(({ type }) => type)).toEqual([
      'person.registered',
      'person.joined-organisation',
      'first-password.offered',
    ]);
  });

  it('takes in nobody of a practice that the manager does not administer, whose methods they could reset then', async () => {
    const [one, other] = [await managed(), await installation.practice()];
    const detail = expect.stringContaining('someone of another practice') as string;
    await expect(add(one, other.email)).rejects.toMatchObject({ code: 'email-taken', extras: { detail } });
    await installation.join(one.personId, other.organisationId, ['member']);
    await expect(add(one, other.email)).rejects.toMatchObject({ code: 'email-taken' });
    expect((await list(one)).people).toHaveLength(1);
  });

  it('ADR 13 burns no address: the operator takes in whoever a practice has added and removed again', async () => {
    const [one, other, staff] = [await managed(), await managed(), await installation.practice()];
    const email = newEmail();
    const { personId } = await add(one, email);
    await remove(one, personId);
    await expect(add(other, email)).rejects.toMatchObject({ code: 'email-taken' });
    await installation.database.query('INSERT INTO operators (person_id) VALUES ($1)', [staff.personId]);
    const operator = { ...other, token: await installation.signedInWithApp(staff) };
    expect(await add(operator, email)).toMatchObject({ personId });
    expect((await list(other)).people.map((person) => person.personId)).toContain(personId);
  });

  it('ADR 12 is refused where nobody could live under the rules of both practices', async () => {
    const rules = async (resetsBy: ('administrator' | 'support')[]) => {
      const practice = await installation.practice();
      const policy = JSON.stringify({ ...presets.healthcode, resetsBy });
      await installation.database.query('UPDATE organisations SET policy = $2 WHERE organisation_id = $1', [
        practice.organisationId,
        policy,
      ]);
      const { token } = await signIn(practice.email);
      return { ...practice, token };
    };
    const [one, other] = [await rules(['administrator']), await rules(['support'])];
    await installation.join(one.personId, other.organisationId, ['administrator']);
    await expect(add(one, other.email)).rejects.toMatchObject({
      code: 'practices-not-compatible',
      extras: { detail: 'Nobody could reset these people for all of their practices.' },
    });
    expect((await list(one)).people).toHaveLength(1);
  });

  it('§6.10 is done once for a key, and refused for another body', async () => {
    const manager = await managed();
    const email = newEmail();
    const added = await add(manager, email, ['member'], [], 'key-1');
    expect(await add(manager, email, ['member'], [], 'key-1')).toEqual(added);
    const another = add(manager, email, ['analyst'], [], 'key-1');
    await expect(another).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('takes only sites of the practice, and writes nothing for others', async () => {
    const [manager, other] = [await managed(), await managed()];
    const { siteId } = await addSite(other, 'Annexe');
    const email = newEmail();
    await expect(add(manager, email, ['member'], [siteId])).rejects.toMatchObject({
      code: 'invalid-fields',
      extras: { errors: [{ pointer: '/siteIds' }] },
    });
    expect((await list(manager)).people).toHaveLength(1);
    await expect(add(manager, email)).resolves.toBeDefined();
  });
});

describe('roles', () => {
  it('take effect at once: an analyst changes nobody, a member and a patient list nobody either', async () => {
    const manager = await managed();
    const { organisationId, personId, email } = await installation.practice();
    const { token } = await signIn(email);
    const joined = { organisationId: manager.organisationId, personId, token };
    await takeIn(manager, { email, organisationId }, ['administrator']);
    expect((await list(joined)).people).toHaveLength(2);
    for (const role of ['analyst', 'member', 'patient'] as const) {
      await change(manager, personId, [role]);
      if (role === 'analyst') expect((await list(joined)).people).toHaveLength(2);
      else await expect(list(joined)).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(addSite(joined, 'Annexe')).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(add(joined, newEmail())).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(remove(joined, manager.personId)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    const elsewhere = { ...joined, organisationId: (await managed()).organisationId };
    await expect(list(elsewhere)).rejects.toMatchObject({ code: 'not-found' });
    expect((await list({ ...joined, organisationId })).people).toHaveLength(1);
  });

  it('HE3 a patient is under no enforcement, and is as soon as they are more than that', async () => {
    const manager = await managed();
    const patient = await installation.practice();
    await takeIn(manager, patient, ['patient']);
    await installation.database.query(
      `UPDATE organisations SET policy = jsonb_set(policy, '{enforced}', 'true') WHERE organisation_id = $1`,
      [manager.organisationId],
    );
    const again = {
      ...manager,
      token: await installation.signedInWithApp({ ...manager, email: await addressOf(manager) }),
    };
    expect((await signIn(patient.email)).next).toEqual({ step: 'completed' });
    await change(again, patient.personId, ['patient', 'member']);
    expect((await signIn(patient.email)).next).toMatchObject({ step: 'set-up' });
    await change(again, patient.personId, ['patient']);
    expect((await signIn(patient.email)).next).toEqual({ step: 'completed' });
  });

  it('HC8 enforcement reaches everyone with access to the practice or to a site of it', async () => {
    const manager = await managed();
    const member = await installation.practice();
    const { siteId } = await addSite(manager, 'Annexe');
    await takeIn(manager, member, ['member'], [siteId]);
    expect((await signIn(member.email)).next).toEqual({ step: 'completed' });
    await installation.database.query(
      `UPDATE organisations SET policy = jsonb_set(policy, '{enforced}', 'true') WHERE organisation_id = $1`,
      [manager.organisationId],
    );
    expect((await signIn(member.email)).next).toMatchObject({ step: 'set-up' });
  });
});

describe('the last administrator', () => {
  it('neither leaves nor steps down, and someone without a password is none', async () => {
    const manager = await managed();
    await add(manager, newEmail(), ['administrator']);
    await expect(remove(manager, manager.personId)).rejects.toMatchObject({ code: 'last-administrator' });
    await expect(change(manager, manager.personId, ['member'])).rejects.toMatchObject({ code: 'last-administrator' });
    expect((await list(manager)).people).toHaveLength(2);
  });

  it('is one of two who leave at the same moment', async () => {
    const manager = await managed();
    const other = await installation.practice();
    await takeIn(manager, other, ['administrator']);
    const outcomes = await Promise.allSettled([
      remove(manager, manager.personId),
      remove({ ...manager, token: (await signIn(other.email)).token }, other.personId),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [{ administrators } = { administrators: -1 }] = await installation.database.query<{ administrators: number }>(
      'SELECT count(*)::integer AS administrators FROM memberships WHERE organisation_id = $1',
      [manager.organisationId],
    );
    expect(administrators).toBe(1);
  });
});

describe('leaving', () => {
  it('R23 ends at once what rests on the membership, in the session that is open', async () => {
    const manager = await managed();
    const other = await installation.practice();
    await takeIn(manager, other, ['administrator']);
    const { token } = await signIn(other.email);
    const left = { ...manager, token };
    expect((await list(left)).people).toHaveLength(2);
    await remove(manager, other.personId);
    await expect(list(left)).rejects.toMatchObject({ code: 'not-found' });
    const session = await installation.identity.readSession({ token }, contextOf());
    expect(session.organisations.map(({ organisationId }) => organisationId)).toEqual([other.organisationId]);
    await expect(remove(manager, other.personId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(change(manager, other.personId, ['member'])).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('leaving the last practice', () => {
  const session = (token: string) => installation.identity.readSession({ token }, contextOf());
  const notSignedIn = expect.objectContaining({ code: 'not-signed-in' }) as unknown;
  /** Somebody of this practice and of no other, signed in. */
  async function memberOf(manager: Manager) {
    const { organisationId, personId, email } = await installation.practice();
    await takeIn(manager, { organisationId, email }, ['member']);
    await removed(personId, organisationId);
    return { personId, token: (await signIn(email)).token };
  }
  const removed = (personId: string, organisationId: string) =>
    installation.database.query('DELETE FROM memberships WHERE person_id = $1 AND organisation_id = $2', [
      personId,
      organisationId,
    ]);

  it('R23 ends every session at once, in the name of who removed them', async () => {
    const manager = await managed();
    const { personId, token } = await memberOf(manager);
    await expect(session(token)).resolves.toBeDefined();
    await remove(manager, personId);
    await expect(session(token)).rejects.toEqual(notSignedIn);
    expect((await factsAbout(personId)).slice(-2)).toMatchObject([
      { type: 'person.left-organisation' },
      {
        type: 'session.ended',
        data: { reason: 'left-last-practice' },
        envelope: { actor: { id: manager.personId }, organisationIds: [manager.organisationId] },
      },
    ]);
  });

  it('leaves those signed in who work for the installation', async () => {
    const manager = await managed();
    const { personId, token } = await memberOf(manager);
    await installation.database.query('INSERT INTO support_staff (person_id) VALUES ($1)', [personId]);
    await remove(manager, personId);
    await expect(session(token)).resolves.toMatchObject({ installationRoles: ['support'] });
  });

  it('§6.9 is made up for where the process died between the removal and the end of the sessions', async () => {
    const manager = await managed();
    const { personId, token } = await memberOf(manager);
    await removed(personId, manager.organisationId);
    const [fact] = await factsAbout(manager.personId);
    if (!fact) throw new Error('the manager is somebody');
    const envelope = { ...fact.envelope, subject: { kind: 'person' as const, id: personId } };
    const left = { ...fact, type: 'person.left-organisation', envelope, at: installation.clock.now().toISOString() };
    await installation.personLeft(left);
    await installation.personLeft(left);
    await expect(session(token)).rejects.toEqual(notSignedIn);
    expect((await factsAbout(personId)).filter(({ type }) => type === 'session.ended')).toHaveLength(1);
  });
});

describe('sites', () => {
  it('are listed with the number of their people, and removed only when nobody belongs to them', async () => {
    const manager = await managed();
    const { token, organisationId } = manager;
    const { siteId } = await addSite(manager, 'Ground floor');
    await expect(addSite(manager, 'ground floor')).rejects.toMatchObject({ code: 'site-name-taken' });
    const { personId } = await add(manager, newEmail(), ['member'], [siteId]);
    await installation.identity.renameSite({ token, organisationId, siteId, name: 'Annexe' }, contextOf());
    const listed = () => installation.identity.listSites({ token, organisationId }, contextOf());
    expect(await listed()).toEqual({ sites: [{ siteId, name: 'Annexe', people: 1 }] });
    const removeSite = () => installation.identity.removeSite({ token, organisationId, siteId }, contextOf());
    await expect(removeSite()).rejects.toMatchObject({ code: 'site-in-use' });
    await change(manager, personId, ['member']);
    await removeSite();
    expect(await listed()).toEqual({ sites: [] });
    await expect(removeSite()).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('R5 is not for a session by the password alone where a factor is held', async () => {
  const manager = await managed();
  installation.holdingsOf.set(manager.personId, theAppHeld);
  await expect(add(manager, newEmail())).rejects.toMatchObject({ code: 'second-factor-required' });
  await expect(change(manager, manager.personId, ['member'])).rejects.toMatchObject({ code: 'second-factor-required' });
  await expect(remove(manager, manager.personId)).rejects.toMatchObject({ code: 'second-factor-required' });
  await expect(addSite(manager, 'Annexe')).rejects.toMatchObject({ code: 'second-factor-required' });
});
