import type { Permission } from '@cofactor/contracts';
import { contextOf, nothingHeld, password, startIdentity } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.holdings.now = nothingHeld));

const started = (email: string) => installation.identity.startSignIn({ email, password }, contextOf());
const ask = (
  token: string,
  permission: Permission,
  more: { readonly organisationId?: string; readonly password?: string } = {},
) =>
  installation.identity.authorise(
    { token, permission, signInId: null, organisationId: null, password: null, ...more },
    contextOf(),
  );

describe('a password that comes with a change', () => {
  it('opens it when it is right', async () => {
    const { token } = await started((await installation.practice()).email);
    await expect(ask(token, 'issue-recovery-codes')).rejects.toMatchObject({ code: 'password-required' });
    await expect(ask(token, 'issue-recovery-codes', { password })).resolves.toBeDefined();
  });

  it('R4 is refused when it is wrong, at the same door as at a sign-in', async () => {
    const { email } = await installation.practice();
    const { token } = await started(email);
    const wrong = () => ask(token, 'issue-recovery-codes', { password: 'another password' });
    for (let times = 0; times < 5; times += 1) {
      await expect(wrong()).rejects.toMatchObject({ code: 'invalid-credentials' });
    }
    await expect(wrong()).rejects.toMatchObject({ code: 'too-many-attempts' });
    await expect(started(email)).rejects.toMatchObject({ code: 'too-many-attempts' });
  });
});

describe('R5 a second factor that was proven just now', () => {
  /** A session whose password is 400 seconds old when its first factor raises it. */
  async function raisedLate() {
    const { email, personId, organisationId } = await installation.practice();
    const { token } = await started(email);
    const { sessionId } = await installation.identity.readSession({ token }, contextOf());
    installation.clock.advance(400);
    const authority = { kind: 'session', id: sessionId } as const;
    const proof = await installation.proofBy('factor-enrollment', { personId, authority });
    const raised = await installation.identity.acceptProof({ token, proof }, contextOf());
    return { organisationId, token: raised.token ?? '' };
  }

  it('takes the place of the password, while it is as fresh as the policy asks', async () => {
    const { token } = await raisedLate();
    installation.clock.advance(299);
    await expect(ask(token, 'revoke-factor')).resolves.toBeDefined();
    installation.clock.advance(2);
    await expect(ask(token, 'revoke-factor')).rejects.toMatchObject({ code: 'password-required' });
  });

  it('does not where the policy does not take it', async () => {
    const { organisationId, token } = await raisedLate();
    await installation.database.query(
      `UPDATE organisations SET policy = policy || '{"freshFactorServes": false}' WHERE organisation_id = $1`,
      [organisationId],
    );
    await expect(ask(token, 'revoke-factor')).rejects.toMatchObject({ code: 'password-required' });
  });
});

describe('the audit of a practice', () => {
  it('R2 is read by its administrators, and looks to everyone else as if it were not there', async () => {
    const [own, other] = [await installation.practice(), await installation.practice()];
    const { token } = await started(own.email);
    const read = (organisationId: string) => ask(token, 'read-audit', { organisationId });
    await expect(read(own.organisationId)).resolves.toBeDefined();
    for (const organisationId of [other.organisationId, 'nothing']) {
      await expect(read(organisationId)).rejects.toMatchObject({ code: 'not-found' });
    }
    await expect(ask(token, 'read-audit')).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['member', 'refused'],
    ['patient', 'refused'],
    ['analyst', 'opened'],
    ['administrator', 'opened'],
  ])('R2 to a %s is %s', async (role, answer) => {
    const { email, personId, organisationId } = await installation.practice();
    await installation.database.query('UPDATE memberships SET roles = $2 WHERE person_id = $1', [personId, [role]]);
    const { token } = await started(email);
    const reading = ask(token, 'read-audit', { organisationId });
    if (answer === 'opened') await expect(reading).resolves.toBeDefined();
    else await expect(reading).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

it('§6.1 nothing is guessed while the owner of factors does not answer', async () => {
  const { email } = await installation.practice();
  const { token } = await started(email);
  installation.holdings.now = null;
  await expect(started(email)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(ask(token, 'enrol-factor', { password })).rejects.toMatchObject({ code: 'unavailable' });
});
