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
