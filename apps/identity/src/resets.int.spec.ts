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
