import { presets, publicApi, type Policy } from '@cofactor/contracts';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import {
  answer,
  enrolApp,
  enrolledManager,
  openPractice,
  positionOf,
  readAudit,
  readFactors,
  startSignIn,
  type Manager,
} from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const pathOf = ({ organisationId }: Pick<Manager, 'organisationId'>) => `/v1/organisations/${organisationId}/policy`;
const read = async (manager: Manager, token: string) =>
  (await program.get(pathOf(manager), token)).as(publicApi.readPolicy);
const change = (manager: Manager, token: string, policy: unknown, version = 1) =>
  program.send('PUT', pathOf(manager), { token, body: { version, policy } });
const enforcing = (differing: Partial<Policy> = {}): Policy => ({
  ...presets.healthcode,
  enforced: true,
  ...differing,
});

describe('the sign-in rules of a practice', () => {
  it('BX9: are told with what each setting does, and what they reach under which clause', async () => {
    const { manager, token } = await enrolledManager(program);
    const view = await read(manager, token);
    expect(view).toMatchObject({ version: 1, policy: presets.healthcode, changed: null });
    expect(view.settings).toContainEqual({
      setting: 'enforced',
      label: 'Enforce Two-Factor Authentication',
      sentence: expect.stringMatching(/^Everyone who is covered must set up/) as string,
      clause: 'NIST SP 800-63B-4 §2.2',
    });
    const reached = view.assurance.map(({ standard, reached: isReached }) => [standard, isReached]);
    expect(reached).toEqual([
      ['nist-aal1', true],
      ['nist-aal2', false],
      ['nist-aal3', false],
      ['cyber-essentials', false],
      ['epcs', false],
    ]);
    const aal2 = view.assurance.find(({ standard }) => standard === 'nist-aal2');
    expect(aal2?.heldBackBy).toContainEqual({
      setting: 'allowedFactors',
      sentence: 'Codes by email show who can open a mailbox, and are no authentication factor.',
      clause: 'NIST SP 800-63B-4 §3.1.3.1',
    });
  });

  it('HC7: enforcement is switched on by a manager with 2FA; one without is told to set it up first', async () => {
    const manager = await openPractice(program);
    const { token } = await startSignIn(program, manager);
    expect((await change(manager, token, enforcing())).outcome).toBe('403 own-second-factor-first');
    const enrolled = await enrolApp(program, token);
    const changed = await change(manager, enrolled.token, enforcing());
    expect(changed.as(publicApi.changePolicy)).toEqual({ version: 2 });
    const view = await read(manager, enrolled.token);
    expect(view).toMatchObject({
      version: 2,
      policy: { enforced: true },
      changed: { by: { personId: manager.personId, name: 'Dr Amara Okafor' } },
    });
    const records = await readAudit(program, manager, enrolled.token, [positionOf(changed)]);
    expect(records.find(({ type }) => type === 'organisation.policy-changed')).toMatchObject({
      outcome: 'success',
      actor: { kind: 'person', id: manager.personId },
      subject: { kind: 'organisation', id: manager.organisationId },
      changed: ['enforced'],
      policyVersion: 2,
    });
  });

  it('HC8, HC4: once enforced, the next sign-in asks for what is missing, and nobody drops below', async () => {
    const { manager, app, credentialId, token } = await enrolledManager(program);
    await change(manager, token, enforcing());
    const removed = await program.send('DELETE', `/v1/me/factors/${credentialId}`, { token });
    expect(removed.outcome).toBe('422 policy-needs-factor');
    expect(removed.problem.detail).toMatch(/^Add .* first, then remove this one\.$/);
    const started = await startSignIn(program, manager);
    expect(started.next.step).toBe('second-factor');
    const { next } = (await answer(program, started, 'totp', await app.freshCode())).as(publicApi.answerChallenge);
    expect(next).toMatchObject({ step: 'set-up', missing: ['secondary'] });
  });

  it('HC9: switched off again, nobody loses a factor, and people may remove theirs', async () => {
    const { manager, credentialId, token } = await enrolledManager(program);
    await change(manager, token, enforcing());
    expect((await change(manager, token, presets.healthcode, 2)).outcome).toBe('200');
    expect((await readFactors(program, token)).factors).toHaveLength(1);
    expect((await startSignIn(program, manager)).next.step).toBe('second-factor');
    const removed = await program.send('DELETE', `/v1/me/factors/${credentialId}`, { token });
    expect(removed.outcome).toBe('204');
  });

  it('HC5, HE4, HT6: another preset is a change like any other, and holds at once', async () => {
    const { manager, token } = await enrolledManager(program);
    const { presets: offered } = (await program.send('GET', '/v1/presets')).as(publicApi.listPresets);
    const healthie = offered.find(({ preset }) => preset === 'healthie')?.policy;
    expect((await change(manager, token, healthie)).outcome).toBe('200');
    const codes = await program.post('/v1/me/recovery-codes', { password: manager.password }, { token });
    expect(codes.as(publicApi.issueRecoveryCodes).recoveryCodes).toHaveLength(1);
    const hipaatherapy = offered.find(({ preset }) => preset === 'hipaatherapy')?.policy;
    expect((await change(manager, token, hipaatherapy, 2)).outcome).toBe('200');
    const refused = await program.post('/v1/me/factors/totp/enrolments', { password: manager.password }, { token });
    expect(refused.outcome).toBe('422 factor-not-allowed');
  });

  it('of an older version are not changed: the second editor is told who was first; the same again is no change', async () => {
    const { manager, token } = await enrolledManager(program);
    await change(manager, token, enforcing());
    const late = await change(manager, token, enforcing({ resetApproval: true }));
    expect(late.outcome).toBe('409 conflict');
    expect(late.problem.detail).toMatch(/^Dr Amara Okafor changed these rules on \d+ \w+ \d{4} at \d\d:\d\d UTC\./);
    expect((await change(manager, token, enforcing())).as(publicApi.changePolicy)).toEqual({ version: 2 });
  });

  it('that nobody could live under are refused, with a sentence at each setting', async () => {
    const { manager, token } = await enrolledManager(program);
    const refused = await change(manager, token, enforcing({ secondaryFactors: [], resetsBy: [] }));
    expect(refused.outcome).toBe('422 policy-not-possible');
    expect(refused.problem.errors?.map(({ pointer }) => pointer)).toEqual([
      '/policy/secondaryFactors',
      '/policy/resetsBy',
    ]);
    const unknown = await change(manager, token, { ...presets.healthcode, colour: 'teal' });
    expect(unknown.outcome).toBe('400 invalid-fields');
    const { enforced: _, ...incomplete } = presets.healthcode;
    expect((await change(manager, token, incomplete)).outcome).toBe('400 invalid-fields');
  });

  it('are no business of other practices', async () => {
    const [{ manager }, { token }] = [await enrolledManager(program), await enrolledManager(program)];
    expect((await program.get(pathOf(manager), token)).outcome).toBe('404 not-found');
    expect((await change(manager, token, enforcing())).outcome).toBe('404 not-found');
    const asked = await program.post(`${pathOf(manager)}/forecast`, { policy: enforcing() }, { token });
    expect(asked.outcome).toBe('404 not-found');
  });
});

describe('BX4 the forecast', () => {
  it('says who would be asked to set up and who would lose a method, and changes nothing', async () => {
    const { manager, token } = await enrolledManager(program);
    const path = `${pathOf(manager)}/forecast`;
    const forecast = async (policy: Policy, query = '') =>
      (await program.post(`${path}${query}`, { policy }, { token })).as(publicApi.forecastPolicy);
    expect(await forecast(enforcing())).toMatchObject({
      version: 1,
      counts: { people: 1, setUp: 1, losesMethod: 0, lockedOut: 0 },
      people: [{ personId: manager.personId, name: 'Dr Amara Okafor', setUp: true, loses: [], lockedOut: false }],
      next: null,
    });
    const withoutCodes = { ...presets.healthcode, recoveryCodes: { kind: 'none', count: 0 } } as const;
    expect((await forecast(withoutCodes)).people[0]?.loses).toEqual(['recovery-code']);
    expect((await forecast(withoutCodes, '?list=locked-out')).people).toEqual([]);
    expect(await read(manager, token)).toMatchObject({ version: 1 });
  });
});

describe('HE3 a second factor for one person', () => {
  it('is switched on by the operator alone', async () => {
    const { manager, token } = await enrolledManager(program);
    const path = `/v1/people/${manager.personId}/second-factor`;
    const asked = await program.send('PUT', path, { token, body: { required: true } });
    expect(asked.outcome).toBe('403 not-allowed');
  });
});
