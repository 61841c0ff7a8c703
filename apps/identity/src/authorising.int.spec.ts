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

  it('R2 is not read by members who are no administrators', async () => {
    const { email, personId, organisationId } = await installation.practice();
    await installation.database.query("UPDATE memberships SET roles = '{}' WHERE person_id = $1", [personId]);
    const { token } = await started(email);
    await expect(ask(token, 'read-audit', { organisationId })).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

it('§6.1 nothing is guessed while the owner of factors does not answer', async () => {
  const { email } = await installation.practice();
  const { token } = await started(email);
  installation.holdings.now = null;
  await expect(started(email)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(ask(token, 'enrol-factor', { password })).rejects.toMatchObject({ code: 'unavailable' });
});
