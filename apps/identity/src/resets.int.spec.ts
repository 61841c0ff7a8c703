import { contextOf, nothingHeld, password, startIdentity, theAppHeld } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.holdings.now = nothingHeld));

type Practice = Awaited<ReturnType<typeof installation.practice>>;

const started = (email: string) => installation.identity.startSignIn({ email, password }, contextOf());
/** A session that rests on two factors. */
async function signedIn({ email, personId }: Practice): Promise<string> {
  installation.holdings.now = theAppHeld;
  const { signInId, token } = await started(email);
  const proof = await installation.proofBy('challenge', { personId, authority: { kind: 'sign-in', id: signInId } });
  return (await installation.identity.acceptProof({ token, proof }, contextOf())).token ?? '';
}
const ask = (token: string, member: { organisationId: string; personId: string } | null, typed: string | null = null) =>
  installation.identity.authoriseReset({ token, member, password: typed }, contextOf());
const join = ({ personId }: Practice, { organisationId }: Practice, role = 'member') =>
  installation.database.query('INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, $3)', [
    personId,
    organisationId,
    [role],
  ]);
const ruled = ({ organisationId }: Practice, setting: object) =>
  installation.database.query('UPDATE organisations SET policy = policy || $2::jsonb WHERE organisation_id = $1', [
    organisationId,
    JSON.stringify(setting),
  ]);
const waitingFor = (personId: string, requestedBy: string, reason = 'administrator-request' as const) => {
  const resetId = `reset-of-${personId}`.slice(0, 40);
  const instants = { requestedAt: '2026-03-02T09:00:00.000Z', expiresAt: '2026-03-03T09:00:00.000Z' };
  installation.waiting.push({ resetId, personId, requestedBy, reason, explanation: null, ...instants });
  return resetId;
};
const decide = (token: string, organisationId: string, resetId: string, typed: string | null = null) =>
  installation.identity.authoriseResetDecision({ token, organisationId, resetId, password: typed }, contextOf());
const withoutPassword = ({ personId }: Practice, missing: boolean) =>
  installation.database.query('UPDATE people SET first_password_missing = $2 WHERE person_id = $1', [
    personId,
    missing,
  ]);

describe('AX4: a reset of one’s own', () => {
  it('needs the password, each time', async () => {
    const token = await signedIn(await installation.practice());
    await expect(ask(token, null)).rejects.toMatchObject({ code: 'password-required' });
    await expect(ask(token, null, 'not the password')).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect((await ask(token, null, password)).statement).not.toBe('');
  });

  it('R5: is refused to a session by the password alone, where a factor is held', async () => {
    const { token } = await started((await installation.practice()).email);
    installation.holdings.now = theAppHeld;
    await expect(ask(token, null, password)).rejects.toMatchObject({ code: 'second-factor-required' });
  });

  it('AX6, HE13: is refused to accounts that several people share, by policy', async () => {
    const practice = await installation.practice();
    const token = await signedIn(practice);
    await ruled(practice, { genericNames: ['amara'] });
    await expect(ask(token, null, password)).resolves.toBeDefined();
    await ruled(practice, { genericAccounts: 'refused' });
    await expect(ask(token, null, password)).rejects.toMatchObject({ code: 'generic-account' });
  });
});

describe('HE10: a reset of a member by an administrator', () => {
  it('is permitted for members of the own practice only, and to administrators only', async () => {
    const [practice, member, stranger] = [
      await installation.practice(),
      await installation.practice(),
      await installation.practice(),
    ];
    await join(member, practice);
    const { organisationId } = practice;
    const [token, theirs] = [await signedIn(practice), await signedIn(member)];
    await expect(ask(token, { organisationId, personId: member.personId })).resolves.toBeDefined();
    await expect(ask(token, { organisationId, personId: stranger.personId })).rejects.toMatchObject({
      code: 'not-found',
    });
    const elsewhere = { organisationId: stranger.organisationId, personId: stranger.personId };
    await expect(ask(token, elsewhere)).rejects.toMatchObject({ code: 'not-found' });
    const upwards = { organisationId, personId: practice.personId };
    await expect(ask(theirs, upwards)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(ask(token, upwards)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('asks for a second factor of the administrator, and for the password when it was not typed lately', async () => {
    const [practice, member] = [await installation.practice(), await installation.practice()];
    await join(member, practice);
    const who = { organisationId: practice.organisationId, personId: member.personId };
    const { token: weak } = await started(practice.email);
    await expect(ask(weak, who)).rejects.toMatchObject({ code: 'set-up-required' });
    const token = await signedIn(practice);
    installation.clock.advance(301);
    await expect(ask(token, who)).rejects.toMatchObject({ code: 'password-required' });
    await expect(ask(token, who, password)).resolves.toBeDefined();
  });

  it('asks for a password of the last five minutes whatever the rules, which a stolen session could loosen first', async () => {
    const [practice, member] = [await installation.practice(), await installation.practice()];
    await join(member, practice);
    await ruled(practice, { reauthenticateAfter: { enrolling: 86_400, revoking: 86_400 } });
    const who = { organisationId: practice.organisationId, personId: member.personId };
    const resetId = waitingFor(member.personId, 'somebody-else');
    const token = await signedIn(practice);
    installation.clock.advance(301);
    await expect(ask(token, who)).rejects.toMatchObject({ code: 'password-required' });
    await expect(decide(token, practice.organisationId, resetId)).rejects.toMatchObject({ code: 'password-required' });
    await expect(ask(token, who, password)).resolves.toBeDefined();
  });

  it('is refused where another practice of the member leaves resets to support, and for operators', async () => {
    const [practice, member] = [await installation.practice(), await installation.practice()];
    await join(member, practice);
    const token = await signedIn(practice);
    const who = { organisationId: practice.organisationId, personId: member.personId };
    await ruled(member, { resetsBy: ['support'] });
    await expect(ask(token, who)).rejects.toMatchObject({ code: 'not-allowed' });
    await ruled(member, { resetsBy: ['administrator'] });
    await expect(ask(token, who)).resolves.toBeDefined();
    await installation.database.query('INSERT INTO operators (person_id) VALUES ($1)', [member.personId]);
    await expect(ask(token, who)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('is refused for people of support, asked for or approved: a practice does not open the help desk of all', async () => {
    const [practice, member] = [await installation.practice(), await installation.practice()];
    await join(member, practice);
    const token = await signedIn(practice);
    const { organisationId } = practice;
    const resetId = waitingFor(member.personId, 'somebody-else');
    const acts = [
      () => ask(token, { organisationId, personId: member.personId }),
      () => decide(token, organisationId, resetId),
    ];
    for (const act of acts) await expect(act()).resolves.toBeDefined();
    await installation.database.query('INSERT INTO support_staff (person_id) VALUES ($1)', [member.personId]);
    for (const act of acts) {
      await expect(act()).rejects.toMatchObject({
        code: 'not-allowed',
        extras: { detail: expect.stringContaining('Ask an operator') as string },
      });
    }
  });
});

describe('BX5: a reset that waits for a second administrator', () => {
  const asking = async (practice: Practice) => {
    await ruled(practice, { resetApproval: true });
    return practice;
  };

  it('is not asked for where nobody could approve it: the sentence says so, and whom to ask', async () => {
    const [practice, member] = [await asking(await installation.practice()), await installation.practice()];
    await join(member, practice);
    const token = await signedIn(practice);
    const who = { organisationId: practice.organisationId, personId: member.personId };
    const nobody = { code: 'not-allowed', extras: { detail: expect.stringContaining('Ask support.') as string } };
    await expect(ask(token, who)).rejects.toMatchObject(nobody);
    await expect(ask(token, null, password)).rejects.toMatchObject(nobody);
    const second = await installation.practice();
    await join(second, practice, 'administrator');
    await withoutPassword(second, true);
    await expect(ask(token, who)).rejects.toMatchObject(nobody);
    await withoutPassword(second, false);
    await expect(ask(token, who)).resolves.toBeDefined();
    await expect(ask(token, null, password)).resolves.toBeDefined();
  });

  it('is decided on by an administrator of the practice alone, with two factors and a fresh password', async () => {
    const [practice, second, member] = [
      await asking(await installation.practice()),
      await installation.practice(),
      await installation.practice(),
    ];
    await join(second, practice, 'administrator');
    await join(member, practice);
    const resetId = waitingFor(member.personId, practice.personId);
    const { organisationId } = practice;
    const [theirs, token] = [await signedIn(member), await signedIn(second)];
    await expect(decide(theirs, organisationId, resetId)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(decide(theirs, member.organisationId, resetId)).resolves.toBeDefined();
    await expect(decide(token, organisationId, 'no-such-reset')).rejects.toMatchObject({ code: 'not-found' });
    await expect(decide(token, second.organisationId, resetId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(decide(token, organisationId, resetId)).resolves.toBeDefined();
    installation.clock.advance(301);
    await expect(decide(token, organisationId, resetId)).rejects.toMatchObject({ code: 'password-required' });
    await expect(decide(token, organisationId, resetId, password)).resolves.toBeDefined();
    installation.holdings.now = nothingHeld;
    const { token: weak } = await started(second.email);
    await expect(decide(weak, organisationId, resetId)).rejects.toMatchObject({ code: 'set-up-required' });
  });

  it('counts what has changed since it was asked for', async () => {
    const [practice, member] = [await installation.practice(), await installation.practice()];
    await join(member, practice);
    const resetId = waitingFor(member.personId, 'somebody-else');
    const token = await signedIn(practice);
    await expect(decide(token, practice.organisationId, resetId)).resolves.toBeDefined();
    await ruled(member, { resetsBy: ['support'] });
    await expect(decide(token, practice.organisationId, resetId)).rejects.toMatchObject({ code: 'not-allowed' });
    await ruled(member, { resetsBy: ['administrator'], genericNames: ['amara'], genericAccounts: 'refused' });
    await expect(decide(token, practice.organisationId, resetId)).rejects.toMatchObject({ code: 'generic-account' });
  });

  it('is listed for administrators, with who asked for whom, and not for members', async () => {
    const [practice, second, member] = [
      await installation.practice(),
      await installation.practice(),
      await installation.practice(),
    ];
    await join(second, practice, 'administrator');
    await join(member, practice);
    const resetId = waitingFor(member.personId, practice.personId);
    const listed = async (token: string) => {
      const { organisationId } = practice;
      const { resets } = await installation.identity.listResets({ token, organisationId }, contextOf());
      return resets.find((reset) => reset.resetId === resetId);
    };
    const theirs = await signedIn(member);
    await expect(listed(theirs)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await listed(await signedIn(second))).toMatchObject({
      person: { personId: member.personId, name: 'Dr Amara Okafor' },
      requestedBy: { kind: 'administrator', personId: practice.personId, name: 'Dr Amara Okafor' },
      mayDecide: true,
    });
    const token = await signedIn(practice);
    expect(await listed(token)).toMatchObject({ mayDecide: false });
    const leave = 'DELETE FROM memberships WHERE person_id = $1 AND organisation_id = $2';
    await installation.database.query(leave, [member.personId, practice.organisationId]);
    expect(await listed(token)).toBeUndefined();
  });
});

describe('§6.6: the end of sessions by a reset', () => {
  it('ends every session and sign-in that was open by then, once, and none that is newer', async () => {
    const practice = await installation.practice();
    const { email, personId, organisationId } = practice;
    const strong = await signedIn(practice);
    const waiting = await started(email);
    const openedBy = installation.clock.now().toISOString();
    installation.clock.advance(1);
    installation.holdings.now = nothingHeld;
    const newer = await started(email);
    const envelope = {
      organisationIds: [organisationId],
      actor: { kind: 'person', id: 'an-administrator' },
      subject: { kind: 'person', id: personId },
      origin: { requestId: 'request-9', traceparent: null, sealed: null, sealedFor: personId },
      policyVersion: 1,
    } as const;
    const position = (await installation.facts()).at(-1)?.position ?? 0;
    const end = () =>
      installation.identity.endSessionsByReset(
        { personId, openedBy, envelope: { ...envelope, organisationIds: [organisationId] } },
        contextOf(),
      );
    await end();
    await end();
    const session = (token: string) => installation.identity.readSession({ token }, contextOf());
    for (const { token } of [{ token: strong }, waiting]) {
      await expect(session(token)).rejects.toMatchObject({ code: 'not-signed-in' });
    }
    await expect(session(newer.token)).resolves.toBeDefined();
    const facts = (await installation.facts()).filter((fact) => fact.position > position);
    expect(facts).toMatchObject([
      { type: 'sign-in.cancelled', envelope: { actor: { id: 'an-administrator' } } },
      { type: 'session.ended', data: { reason: 'factors-reset' } },
    ]);
  });
});

it('HE8: a report of a change as not one’s own ends every session, and says why', async () => {
  const practice = await installation.practice();
  const { personId, organisationId } = practice;
  const token = await signedIn(practice);
  const envelope = {
    organisationIds: [organisationId],
    actor: { kind: 'person' as const, id: personId },
    subject: { kind: 'person' as const, id: personId },
    origin: { requestId: 'request-9', traceparent: null, sealed: null, sealedFor: personId },
    policyVersion: 1,
  };
  const openedBy = installation.clock.now().toISOString();
  const reported = { personId, openedBy, envelope, reason: 'reported-as-not-mine' } as const;
  await installation.identity.endSessionsByReset(reported, contextOf());
  await expect(installation.identity.readSession({ token }, contextOf())).rejects.toMatchObject({
    code: 'not-signed-in',
  });
  expect((await installation.facts()).at(-1)).toMatchObject({
    type: 'session.ended',
    data: { reason: 'reported-as-not-mine' },
  });
});

describe('HE8: whom a practice tells that it asks for a second factor', () => {
  const tell = (organisationId: string, after: string | null = null, limit = 500) =>
    installation.identity.listPeopleToTell({ organisationId, after, limit }, contextOf());

  it('is everyone whom its rules cover, page by page: patients only where they do', async () => {
    const [practice, member, patient] = [
      await installation.practice(),
      await installation.practice(),
      await installation.practice(),
    ];
    await join(member, practice);
    await join(patient, practice, 'patient');
    const { organisationId } = practice;
    await ruled(practice, { enforced: true, coversPatients: false });
    const { personIds, organisation, next } = await tell(organisationId);
    expect([...personIds].sort()).toEqual([practice.personId, member.personId].sort());
    expect([organisation === '', next]).toEqual([false, null]);
    await ruled(practice, { coversPatients: true });
    const first = await tell(organisationId, null, 2);
    const second = await tell(organisationId, first.next, 2);
    const all = [...first.personIds, ...second.personIds];
    expect(all).toEqual([practice.personId, member.personId, patient.personId].sort());
    expect(second.next).toBeNull();
  });

  it('is nobody where the rules do not ask for it, or no longer', async () => {
    const practice = await installation.practice();
    await ruled(practice, { enforced: false });
    expect((await tell(practice.organisationId)).personIds).toEqual([]);
  });
});
