import type { Permission } from '@cofactor/contracts';
import { contextOf, nothingHeld, password, startIdentity, theAppHeld } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.holdings.now = nothingHeld));

const started = (email: string) => installation.identity.startSignIn({ email, password }, contextOf());
const ask = (token: string, permission: Permission, typed: string | null = null) =>
  installation.identity.authorise(
    { token, permission, signInId: null, organisationId: null, password: typed },
    contextOf(),
  );
const since = async (position: number) => (await installation.facts()).filter((fact) => fact.position > position);
const head = async () => (await installation.facts()).at(-1)?.position ?? 0;

describe('R1, I6: a change of factors that is refused', () => {
  it('is a fact: of a session by the password alone, where a factor is held', async () => {
    const { email, personId, organisationId } = await installation.practice();
    const { token } = await started(email);
    installation.holdings.now = theAppHeld;
    const before = await head();
    const changes = [
      'enrol-factor',
      'confirm-enrolment',
      'revoke-factor',
      'change-factor-roles',
      'issue-recovery-codes',
    ];
    for (const change of changes) {
      await expect(ask(token, change as Permission)).rejects.toMatchObject({ code: 'second-factor-required' });
    }
    const facts = await since(before);
    expect(facts.map(({ data }) => data)).toEqual(
      changes.map((change) => ({ personId, change, reason: 'second-factor-required' })),
    );
    expect(facts[0]).toMatchObject({
      type: 'factor-change.refused',
      envelope: { organisationIds: [organisationId], subject: { kind: 'person', id: personId } },
    });
  });

  it('is a fact: of a sign-in that has not come so far, or that has no way on', async () => {
    const [held, setUp] = [await installation.practice(), await installation.practice('accurx')];
    const settingUp = await started(setUp.email);
    installation.holdings.now = theAppHeld;
    const waiting = await started(held.email);
    const before = await head();
    await expect(ask(waiting.token, 'enrol-factor')).rejects.toMatchObject({ code: 'second-factor-required' });
    installation.holdings.now = nothingHeld;
    await expect(ask(settingUp.token, 'revoke-factor')).rejects.toMatchObject({ code: 'set-up-required' });
    installation.holdings.now = { ...nothingHeld, setUpOpen: false };
    await expect(ask(settingUp.token, 'enrol-factor')).rejects.toMatchObject({ code: 'not-allowed' });
    const reasons = (await since(before)).map(({ data }) => (data as { reason: string }).reason);
    expect(reasons).toEqual(['second-factor-required', 'set-up-required', 'no-way-in']);
  });

  it('but not where a password is asked for, where reading is refused, or where it is allowed', async () => {
    const { email } = await installation.practice('hipaatherapy');
    const { token } = await started(email);
    const before = await head();
    await expect(ask(token, 'revoke-factor')).rejects.toMatchObject({ code: 'password-required' });
    installation.holdings.now = theAppHeld;
    await expect(ask(token, 'read-audit')).rejects.toMatchObject({ code: 'second-factor-required' });
    installation.holdings.now = nothingHeld;
    await expect(ask(token, 'enrol-factor', password)).resolves.toBeDefined();
    expect(await since(before)).toEqual([]);
  });
});

describe('R23: with the first factor', () => {
  const session = (token: string) => installation.identity.readSession({ token }, contextOf());
  const over = { code: 'not-signed-in' };

  it('the other sessions by the password alone end, once, and say why; the one in which it was set up stays', async () => {
    const { email, personId } = await installation.practice();
    const [one, other, own] = [await started(email), await started(email), await started(email)];
    const { sessionId } = await session(own.token);
    const stranger = await started((await installation.practice()).email);
    const before = await head();
    const authority = { kind: 'session', id: sessionId } as const;
    await installation.factorEnrolled(personId, { authority });
    await installation.factorEnrolled(personId, { authority });
    for (const { token } of [one, other]) await expect(session(token)).rejects.toMatchObject(over);
    for (const { token } of [own, stranger]) await expect(session(token)).resolves.toBeDefined();
    const facts = await since(before);
    expect(facts).toHaveLength(2);
    expect(facts[0]).toMatchObject({
      type: 'session.ended',
      data: { personId, reason: 'second-factor-added' },
      envelope: { actor: { kind: 'service', id: 'identity' }, origin: { requestId: 'request-2' } },
    });
    const proof = await installation.proofBy('factor-enrollment', { personId, authority });
    const { token } = await installation.identity.acceptProof({ token: own.token, proof }, contextOf());
    expect(await session(token ?? '')).toMatchObject({ assurance: { level: 'aal2' } });
  });

  it('set up in a sign-in, all of them end; those that rest on two factors stay', async () => {
    const { email, personId } = await installation.practice();
    const weak = await started(email);
    installation.holdings.now = theAppHeld;
    const { signInId, token } = await started(email);
    const authority = { kind: 'sign-in', id: signInId } as const;
    const proof = await installation.proofBy('challenge', { personId, authority });
    const strong = await installation.identity.acceptProof({ token, proof }, contextOf());
    await installation.factorEnrolled(personId, { authority });
    await expect(session(weak.token)).rejects.toMatchObject(over);
    await expect(session(strong.token ?? '')).resolves.toBeDefined();
  });

  it('nothing ends by a further factor, by a fact of before authorities were written, or that began later', async () => {
    const { email, personId } = await installation.practice();
    const authority = { kind: 'sign-in', id: 'sign-in-of-then' } as const;
    const { token } = await started(email);
    await installation.factorEnrolled(personId, { authority, role: null });
    await installation.factorEnrolled(personId, { authority, role: 'secondary' });
    await installation.factorEnrolled(personId, { authority: null });
    await expect(session(token)).resolves.toBeDefined();
    installation.clock.advance(-60);
    await installation.factorEnrolled(personId, { authority });
    await expect(session(token)).resolves.toBeDefined();
    installation.clock.advance(60);
  });
});
