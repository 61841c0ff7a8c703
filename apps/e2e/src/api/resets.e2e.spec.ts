import { publicApi } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import {
  answer,
  enrolApp,
  enrolledManager,
  openPractice,
  password,
  readAudit,
  signInWith,
  startSignIn,
} from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const reset = (token: string, typed: string = password) =>
  program.post('/v1/me/factors/reset', { password: typed }, { token });

describe('AX4: a reset of one’s own two-factor authentication', () => {
  it('ends every session, the asking one too, and what the old factors had begun', async () => {
    const { manager, app, token } = await enrolledManager(program);
    const other = await signInWith(program, manager, 'totp', await app.freshCode());
    const waiting = await startSignIn(program, manager);
    expect((await reset(token)).as(publicApi.resetOwnFactors)).toMatchObject({ status: 'done' });
    for (const dead of [token, other, waiting.token]) {
      expect((await program.get('/v1/session', dead)).outcome).toBe('401 not-signed-in');
    }
  });

  it('§6.2: opens the set-up where the practice enforces it, and the first factor closes it', async () => {
    const { manager, token, recoveryCodes } = await enrolledManager(program, 'accurx');
    expect((await reset(token)).outcome).toBe('201');
    const started = await startSignIn(program, manager);
    expect(started.next).toMatchObject({ step: 'set-up' });
    const again = await enrolApp(program, started.token);
    expect(again.recoveryCodes).not.toEqual(recoveryCodes);
    const next = await startSignIn(program, manager);
    expect(next.next).toMatchObject({ step: 'second-factor', methods: [{ credentialId: again.credentialId }, {}] });
    const old = await answer(program, next, 'recovery-code', recoveryCodes[0] ?? '');
    expect(old.outcome).toBe('401 code-wrong');
    const bound = await program.post('/v1/me/factors/totp/enrolments', { password }, { token: next.token });
    expect(bound.outcome).toBe('403 second-factor-required');
  });

  it('§6.2, R5: is no way for whoever has the password alone', async () => {
    const manager = await openPractice(program);
    const { token: weak } = await startSignIn(program, manager);
    const { token } = await startSignIn(program, manager);
    await enrolApp(program, token);
    await eventually(
      async () => (await reset(weak)).outcome,
      (outcome) => outcome === '401 not-signed-in' || outcome === '403 second-factor-required',
    );
    const { token: signingIn, next } = await startSignIn(program, manager);
    expect(next.step).toBe('second-factor');
    expect((await reset(signingIn)).outcome).toBe('403 second-factor-required');
  });

  it('needs the right password, and the audit tells who did what', async () => {
    const { manager, token } = await enrolledManager(program);
    expect((await reset(token, 'not the password')).outcome).toBe('401 invalid-credentials');
    expect((await reset(token)).outcome).toBe('201');
    const { token: after } = await startSignIn(program, manager);
    const { personId } = manager;
    const ofReset = async () =>
      (await readAudit(program, manager, after)).filter(({ type }) => type.startsWith('reset.'));
    const records = await eventually(ofReset, (found) => found.length === 2);
    for (const record of records) {
      expect(record).toMatchObject({ actor: { kind: 'person', id: personId }, reason: 'own-request' });
    }
  });
});

describe('HE10: a reset of a member', () => {
  it('is not for oneself, for strangers, or for other practices', async () => {
    const { manager, token } = await enrolledManager(program);
    const { manager: other } = await enrolledManager(program);
    const of = async (organisationId: string, personId: string) =>
      (
        await program.post(
          `/v1/organisations/${organisationId}/people/${personId}/resets`,
          { reason: 'Lost the phone' },
          { token },
        )
      ).outcome;
    expect(await of(manager.organisationId, manager.personId)).toBe('403 not-allowed');
    expect(await of(manager.organisationId, other.personId)).toBe('404 not-found');
    expect(await of(other.organisationId, other.personId)).toBe('404 not-found');
  });
});
