import { presets, publicApi, type Policy } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { Databases } from './databases';
import { enrolledManager, newEmail, password, readAudit, readFactors, startSignIn } from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;
let databases: Databases;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
  databases = await Databases.open(installation);
});
afterAll(async () => {
  await installation.remove();
  await databases.close();
});

type Person = Awaited<ReturnType<typeof enrolledManager>>;

/** A practice with its manager, a second administrator and a member, all with an app. */
async function practiceOfThree() {
  const [first, second, member] = [
    await enrolledManager(program),
    await enrolledManager(program),
    await enrolledManager(program),
  ];
  await databases.settled();
  const path = `/v1/organisations/${first.manager.organisationId}`;
  const add = async ({ manager }: Person, role: string) => {
    // Only whoever looks after both practices may take somebody of another one in.
    const both = [first.manager.personId, manager.organisationId];
    const join = `INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, '{administrator}')`;
    await databases.rows('identity', join, both);
    const body = { name: 'Dr Lee Park', email: manager.email, roles: [role] };
    expect((await program.post(`${path}/people`, body, { token: first.token })).outcome).toBe('201');
    const leave = 'DELETE FROM memberships WHERE person_id = $1 AND organisation_id = $2';
    await databases.rows('identity', leave, both);
  };
  await add(second, 'administrator');
  await add(member, 'member');
  return { first, second, member, path };
}
const withApproval: Policy = { ...presets.healthcode, resetApproval: true };
const askForApproval = async ({ first, path }: Awaited<ReturnType<typeof practiceOfThree>>) => {
  const body = { version: 1, policy: withApproval };
  expect((await program.send('PUT', `${path}/policy`, { token: first.token, body })).outcome).toBe('200');
};
const isSignedIn = async ({ token }: Person) => (await program.get('/v1/session', token)).outcome === '200';

describe('HE10: an administrator resets a member', () => {
  it('whose sessions end, whose factors are gone, and who sets up anew', async () => {
    const { first, member, path } = await practiceOfThree();
    const asked = { reason: 'The phone was stolen on Tuesday.' };
    const reset = await program.post(`${path}/people/${member.manager.personId}/resets`, asked, { token: first.token });
    expect(reset.as(publicApi.resetMember)).toMatchObject({ status: 'done' });
    expect(await isSignedIn(member)).toBe(false);
    const { token } = await startSignIn(program, member.manager);
    expect((await readFactors(program, token)).factors).toEqual([]);
  });
});

describe('BX5: where a practice asks for a second administrator', () => {
  const ask = async (three: Awaited<ReturnType<typeof practiceOfThree>>) => {
    const { first, member, path } = three;
    const address = `${path}/people/${member.manager.personId}/resets`;
    const reply = await program.post(address, { reason: 'The phone was stolen.' }, { token: first.token });
    return reply.as(publicApi.resetMember);
  };
  const decide = (path: string, resetId: string, what: 'approval' | 'refusal', { token }: Person) =>
    program.post(`${path}/resets/${resetId}/${what}`, {}, { token });

  it('a reset waits, is seen by the administrators, and takes effect with the approval of the second alone', async () => {
    const three = await practiceOfThree();
    const { first, second, member, path } = three;
    await askForApproval(three);
    const { resetId, status, expiresAt = '' } = await ask(three);
    expect(status).toBe('waiting');
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 3_600_000)).toBe(24);
    expect(await isSignedIn(member)).toBe(true);
    const { resets } = (await program.get(`${path}/resets`, second.token)).as(publicApi.listResets);
    expect(resets).toMatchObject([
      {
        resetId,
        person: { personId: member.manager.personId },
        requestedBy: { kind: 'administrator', personId: first.manager.personId },
        explanation: 'The phone was stolen.',
        mayDecide: true,
      },
    ]);
    expect((await decide(path, resetId, 'approval', first)).outcome).toBe('403 not-allowed');
    expect((await decide(path, resetId, 'approval', member)).outcome).toBe('403 not-allowed');
    expect(await isSignedIn(member)).toBe(true);
    const approved = await decide(path, resetId, 'approval', second);
    expect(approved.as(publicApi.approveReset)).toEqual({ resetId, status: 'done' });
    expect(await isSignedIn(member)).toBe(false);
    expect((await decide(path, resetId, 'approval', second)).outcome).toBe('201');
    expect((await decide(path, resetId, 'refusal', second)).outcome).toBe('409 reset-closed');
    const types = await eventually(
      async () =>
        (await readAudit(program, first.manager, first.token))
          .map(({ type }) => type)
          .filter((type) => type.startsWith('reset.')),
      (found) => found.length === 3,
    );
    expect([...types].sort()).toEqual(['reset.approved', 'reset.done', 'reset.requested']);
  });

  it('a refusal clears nothing, and nobody resets where no second administrator is', async () => {
    const three = await practiceOfThree();
    const { first, second, member, path } = three;
    await askForApproval(three);
    const { resetId } = await ask(three);
    expect((await decide(path, resetId, 'refusal', second)).outcome).toBe('201');
    expect((await decide(path, resetId, 'approval', second)).outcome).toBe('409 reset-closed');
    expect(await isSignedIn(member)).toBe(true);
    const gone = await program.send('DELETE', `${path}/people/${second.manager.personId}`, { token: first.token });
    expect(gone.outcome).toBe('204');
    const alone = await program.post(
      `${path}/people/${member.manager.personId}/resets`,
      { reason: 'The phone was stolen.' },
      { token: first.token },
    );
    expect([alone.outcome, alone.problem.detail]).toEqual(['403 not-allowed', expect.stringContaining('Ask support')]);
  });

  it('AX4: one’s own waits too; the session stays, and an administrator approves', async () => {
    const three = await practiceOfThree();
    const { first, member, path } = three;
    await askForApproval(three);
    const own = await program.post('/v1/me/factors/reset', { password }, { token: member.token });
    const { resetId, status } = own.as(publicApi.resetOwnFactors);
    expect([status, await isSignedIn(member)]).toEqual(['waiting', true]);
    expect((await decide(path, resetId, 'approval', first)).outcome).toBe('201');
    expect(await isSignedIn(member)).toBe(false);
  });
});

describe('AX5: support helps someone who is stuck', () => {
  const ofStaff = async (table: 'operators' | 'support_staff') => {
    const person = await enrolledManager(program);
    await databases.rows('identity', `INSERT INTO ${table} (person_id) VALUES ($1)`, [person.manager.personId]);
    return person;
  };
  const steps = ['what-happened', 'call-back', 'practice-confirms'];

  it('finds them by email, records the steps, and may reset only then; the person signs in and sets up anew', async () => {
    const [operator, kit, stuck] = [
      await ofStaff('operators'),
      await enrolledManager(program),
      await enrolledManager(program),
    ];
    const appointed = await program.post('/v1/support-staff', { email: kit.manager.email }, { token: operator.token });
    expect(appointed.as(publicApi.appointSupport)).toEqual({ personId: kit.manager.personId });
    const { token } = kit;
    const found = await program.post('/v1/support/look-ups', { email: stuck.manager.email }, { token });
    const { lookUpId, person } = found.as(publicApi.lookUpPerson);
    expect(person).toMatchObject({ personId: stuck.manager.personId, methods: ['totp'], refusal: null });
    expect(found.text).not.toContain('Okafor');
    const opened = await program.post('/v1/support/cases', { lookUpId }, { token });
    const { caseId } = opened.as(publicApi.openSupportCase);
    const reset = () => program.post(`/v1/support/cases/${caseId}/reset`, {}, { token });
    expect((await reset()).outcome).toBe('422 verification-incomplete');
    for (const step of steps) {
      const note = 'Spoke with reception at the main number.';
      const recorded = await program.post(`/v1/support/cases/${caseId}/steps`, { step, note }, { token });
      expect(recorded.outcome).toBe('201');
    }
    expect((await reset()).as(publicApi.resetBySupport)).toEqual({ resetId: caseId, status: 'done' });
    expect((await reset()).outcome).toBe('201');
    expect(await isSignedIn(stuck)).toBe(false);
    const started = await startSignIn(program, stuck.manager);
    expect((await readFactors(program, started.token)).factors).toEqual([]);
    const written = await eventually(
      async () => (await readAudit(program, stuck.manager, started.token)).map(({ type }) => type),
      (types) => types.includes('reset.done'),
    );
    expect(written).toEqual(
      expect.arrayContaining(['support.person-looked-up', 'support-case.opened', 'support-case.step-recorded']),
    );
    const dismissed = await program.send('DELETE', `/v1/support-staff/${kit.manager.personId}`, {
      token: operator.token,
    });
    expect(dismissed.outcome).toBe('204');
    expect((await program.post('/v1/support/look-ups', { email: newEmail() }, { token })).outcome).toBe(
      '403 not-allowed',
    );
  });
});
