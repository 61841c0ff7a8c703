import { publicApi } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import {
  answer,
  enrolApp,
  enrolledManager,
  offered,
  openPractice,
  readAudit,
  readFactors,
  signInWith,
  startApp,
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

const remove = (credentialId: string, token: string, body?: unknown) =>
  program.send('DELETE', `/v1/me/factors/${credentialId}`, { token, body });

describe('setting up', () => {
  it('a wrong code leaves a set-up open for five tries, then it is closed (API.md)', async () => {
    const { token } = await startSignIn(program, await openPractice(program));
    const { app, path } = await startApp(program, token);
    const tryWrong = async () => (await program.post(path, { code: app.wrongCode() }, { token })).outcome;
    const seen = [await tryWrong(), await tryWrong(), await tryWrong(), await tryWrong(), await tryWrong()];
    expect(seen).toEqual(Array(5).fill('401 code-wrong'));
    const right = await program.post(path, { code: await app.freshCode() }, { token });
    expect(right.outcome).toBe('409 enrolment-closed');
    expect((await readFactors(program, token)).factors).toEqual([]);
  });

  it('a set-up is confirmed once, and only by the person who started it', async () => {
    const { token } = await startSignIn(program, await openPractice(program));
    const stranger = await startSignIn(program, await openPractice(program));
    const { app, path } = await startApp(program, token);
    const foreign = await program.post(path, { code: await app.freshCode() }, { token: stranger.token });
    expect(foreign.outcome).toBe('404 not-found');
    const confirmed = await program.post(path, { code: await app.freshCode() }, { token });
    const { token: raised = '' } = confirmed.as(publicApi.confirmEnrolment);
    expect((await program.post(path, { code: app.wrongCode() }, { token: raised })).outcome).toBe(
      '409 enrolment-closed',
    );
    expect((await readFactors(program, stranger.token)).factors).toEqual([]);
  });

  it('§6.3: the code that confirmed the set-up signs nobody in', async () => {
    const manager = await openPractice(program);
    const { token } = await startSignIn(program, manager);
    const { app, path } = await startApp(program, token);
    const code = await app.freshCode();
    expect((await program.post(path, { code }, { token })).outcome).toBe('201');
    const reply = await answer(program, await startSignIn(program, manager), 'totp', code);
    expect(reply.outcome).toBe('401 code-already-used');
  });

  it('§6.3: an app that is set up but not confirmed is no method, and no challenge of it can be asked for', async () => {
    const { manager, token } = await enrolledManager(program);
    await startApp(program, token);
    const { next } = await startSignIn(program, manager);
    expect(next).toMatchObject({ step: 'second-factor', methods: [{ type: 'totp' }, { type: 'recovery-code' }] });
  });
});

describe('several authenticator apps', () => {
  it('each signs in by its own codes only, and removing one leaves the other', async () => {
    const { manager, ...first } = await enrolledManager(program);
    const second = await enrolApp(program, first.token);
    expect(second.recoveryCodes).toEqual([]);
    const { factors } = await readFactors(program, second.token);
    expect(factors.map(({ name }) => name)).toEqual(['Authenticator app', 'Authenticator app 2']);
    // BX6: two apps are one kind of method, so the second is no secondary method.
    expect(factors.map(({ role }) => role)).toEqual(['default', null]);

    const started = await startSignIn(program, manager);
    const crossed = await answer(program, started, 'totp', await second.app.freshCode(), first.credentialId);
    expect(crossed.outcome).toBe('401 code-wrong');
    const own = await answer(program, started, 'totp', await first.app.freshCode(), first.credentialId);
    const { token = '' } = own.as(publicApi.answerChallenge);

    expect((await remove(first.credentialId, token)).outcome).toBe('204');
    expect((await readFactors(program, token)).factors).toMatchObject([
      { credentialId: second.credentialId, role: 'default' },
    ]);
    const later = await startSignIn(program, manager);
    expect(() => offered(later, 'totp', first.credentialId)).toThrow('not offered');
    const dead = await program.post(
      `/v1/sign-ins/${later.signInId}/challenges`,
      { credentialId: first.credentialId },
      { token: later.token },
    );
    expect(dead.outcome).toBe('404 not-found');
  });

  it('§6.3: a removed app signs nobody in, not even with a challenge that was asked for before', async () => {
    const { manager, ...first } = await enrolledManager(program);
    const second = await enrolApp(program, first.token);
    const started = await startSignIn(program, manager);
    const path = `/v1/sign-ins/${started.signInId}/challenges`;
    const issued = await program.post(path, { credentialId: first.credentialId }, { token: started.token });
    const { challengeId } = issued.as(publicApi.issueChallenge);
    expect((await remove(first.credentialId, second.token)).outcome).toBe('204');
    const code = await first.app.freshCode();
    const reply = await program.post(`${path}/${challengeId}/answer`, { code }, { token: started.token });
    expect(reply.outcome).toBe('401 code-expired');
  });

  it('roles: two apps cannot be default and secondary; unknown and foreign factors cannot be either (BX6)', async () => {
    const { token, credentialId } = await enrolledManager(program);
    const second = await enrolApp(program, token);
    const stranger = await enrolledManager(program);
    const choose = async (wanted: unknown) =>
      (await program.send('PUT', '/v1/me/factors/roles', { token, body: wanted })).outcome;
    expect(await choose({ default: credentialId, secondary: second.credentialId })).toBe('422 roles-not-possible');
    expect(await choose({ default: credentialId, secondary: credentialId })).toBe('422 roles-not-possible');
    expect(await choose({ default: stranger.credentialId, secondary: null })).toBe('422 roles-not-possible');
    const wanted = { default: second.credentialId, secondary: null };
    expect((await readFactors(program, token)).roleChanges).toEqual([
      { credentialId: second.credentialId, role: 'default', ...wanted },
    ]);
    expect(await choose(wanted)).toBe('200');
    expect((await readFactors(program, token)).factors.map(({ role }) => role)).toEqual([null, 'default']);
  });
});

describe('removing', () => {
  it("a wrong password, an unknown factor and somebody else's are refused; nothing is removed", async () => {
    const { token, credentialId } = await enrolledManager(program);
    const stranger = await enrolledManager(program);
    expect((await remove(credentialId, token, { password: 'not the password' })).outcome).toBe(
      '401 invalid-credentials',
    );
    expect((await remove('no-such-factor', token)).outcome).toBe('404 not-found');
    expect((await remove(stranger.credentialId, token)).outcome).toBe('404 not-found');
    expect((await readFactors(program, token)).factors).toHaveLength(1);
    expect((await readFactors(program, stranger.token)).factors).toHaveLength(1);
    expect((await remove(credentialId, token, { password: 'correct horse battery staple 9' })).outcome).toBe('204');
    expect((await remove(credentialId, token)).outcome).toBe('404 not-found');
  });

  it('R5, R23: a session by the password alone changes nothing once a factor is there, and ends', async () => {
    const manager = await openPractice(program);
    const weak = await startSignIn(program, manager);
    const own = await startSignIn(program, manager);
    const { credentialId, token: strong } = await enrolApp(program, own.token);
    const { token } = weak;
    const { password } = manager;
    const refusals = [
      await remove(credentialId, token, { password }),
      await program.post('/v1/me/factors/totp/enrolments', { password }, { token }),
      await program.post('/v1/me/recovery-codes', { password }, { token }),
    ].map(({ outcome }) => outcome);
    for (const refusal of refusals) expect(['403 second-factor-required', '401 not-signed-in']).toContain(refusal);
    const outcomeWith = async (used: string) => (await program.get('/v1/session', used)).outcome;
    await eventually(
      () => outcomeWith(token),
      (outcome) => outcome === '401 not-signed-in',
    );
    expect(await outcomeWith(strong)).toBe('200');
    expect((await readFactors(program, strong)).factors).toMatchObject([{ credentialId }]);
  });
});

describe('recovery codes', () => {
  it('HT4: new ones need the password and kill the old ones', async () => {
    const { manager, token, recoveryCodes } = await enrolledManager(program);
    const wrong = await program.post('/v1/me/recovery-codes', { password: 'not the password' }, { token });
    expect(wrong.outcome).toBe('401 invalid-credentials');
    const without = await program.post('/v1/me/recovery-codes', {}, { token });
    expect(without.outcome).toBe('400 invalid-fields');

    const issued = await program.post('/v1/me/recovery-codes', { password: manager.password }, { token });
    const fresh = issued.as(publicApi.issueRecoveryCodes).recoveryCodes;
    expect(new Set([...fresh, ...recoveryCodes]).size).toBe(20);
    const old = await answer(program, await startSignIn(program, manager), 'recovery-code', recoveryCodes[0] ?? '');
    expect(old.outcome).toBe('401 code-wrong');
    const typed = ` ${(fresh[0] ?? '').toUpperCase().replaceAll('-', ' ')} `;
    const signedIn = await signInWith(program, manager, 'recovery-code', typed);
    expect((await readFactors(program, signedIn)).recoveryCodes).toEqual({ remaining: 9 });
  });

  it('nobody without a factor gets any', async () => {
    const manager = await openPractice(program);
    const { token } = await startSignIn(program, manager);
    const reply = await program.post('/v1/me/recovery-codes', { password: manager.password }, { token });
    expect(reply.outcome).toBe('422 factor-not-allowed');
  });

  it('§6.9: the person is told by email of what changed, once for each fact', async () => {
    const { manager, token, credentialId } = await enrolledManager(program);
    await program.post('/v1/me/recovery-codes', { password: manager.password }, { token });
    const removed = await remove(credentialId, token);
    expect(removed.outcome).toBe('204');
    const messages = await eventually(
      async () => (await readAudit(program, manager, token)).filter(({ type }) => type === 'message.sent'),
      (sent) => sent.length >= 3,
    );
    expect(messages).toHaveLength(3);
    const outbox = JSON.parse((await program.send('GET', '/dev/outbox.json')).text) as {
      to: string;
      subject: string;
    }[];
    const subjects = outbox.filter(({ to }) => to === manager.email).map(({ subject }) => subject);
    expect(subjects.sort()).toEqual([
      'A sign-in method was added to your account',
      'A sign-in method was removed from your account',
      'New recovery codes were made for your account',
    ]);
  });
});
