import { publicApi } from '@cofactor/contracts';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import {
  answer,
  enrolApp,
  enrolledManager,
  openPractice,
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

const sessionOf = async (token: string) => (await program.get('/v1/session', token)).as(publicApi.readSession);

describe('preset healthcode', () => {
  it('HC1 HC4 HC6: app, recovery codes, sign-in by app, and by a recovery code without the phone', async () => {
    const manager = await openPractice(program, 'healthcode');
    const first = await startSignIn(program, manager);
    expect(first.next).toEqual({ step: 'completed' });
    expect(await readFactors(program, first.token)).toMatchObject({
      factors: [],
      recoveryCodes: { remaining: 0 },
      setUp: { complete: false, missing: ['default', 'secondary', 'recovery-codes'] },
      allowed: expect.arrayContaining(['totp', 'sms', 'email']) as unknown,
    });

    const { app, recoveryCodes, token } = await enrolApp(program, first.token);
    expect(new Set(recoveryCodes).size).toBe(10);
    // HC4: a secondary method is still missing; nothing is enforced here, so nobody is held up.
    expect(await readFactors(program, token)).toMatchObject({
      factors: [{ type: 'totp', role: 'default', status: 'active', name: 'Authenticator app' }],
      recoveryCodes: { remaining: 10 },
      setUp: { complete: false, missing: ['secondary'] },
    });

    const byApp = await signInWith(program, manager, 'totp', await app.freshCode());
    expect((await sessionOf(byApp)).assurance).toMatchObject({ level: 'aal2', amr: ['pwd', 'otp', 'mfa'] });

    const byCode = await signInWith(program, manager, 'recovery-code', recoveryCodes[0] ?? '');
    expect(await readFactors(program, byCode)).toMatchObject({ recoveryCodes: { remaining: 9 } });
    const again = await answer(program, await startSignIn(program, manager), 'recovery-code', recoveryCodes[0] ?? '');
    expect(again.outcome).toBe('401 code-already-used');
  });

  it('HC9: with the last factor its recovery codes go, and the next sign-in completes', async () => {
    const { manager, credentialId, token } = await enrolledManager(program, 'healthcode');
    const removed = await program.send('DELETE', `/v1/me/factors/${credentialId}`, { token });
    expect(removed.outcome).toBe('204');
    expect(await readFactors(program, token)).toMatchObject({ factors: [], recoveryCodes: { remaining: 0 } });
    expect((await startSignIn(program, manager)).next).toEqual({ step: 'completed' });
    const after = await startSignIn(program, manager);
    // §6.2: their own removal opened the set-up anew.
    expect((await enrolApp(program, after.token)).recoveryCodes).toHaveLength(10);
  });
});

describe('preset accurx, which enforces', () => {
  it('HC8: the sign-in asks for a set-up, and its token opens only that', async () => {
    const manager = await openPractice(program, 'accurx');
    const started = await startSignIn(program, manager);
    expect(started.next).toEqual({ step: 'set-up', allowed: ['totp', 'sms'], missing: ['default'] });

    const { token, signInId } = started;
    expect((await readFactors(program, token)).factors).toEqual([]);
    expect((await program.get(`/v1/sign-ins/${signInId}`, token)).as(publicApi.readSignIn).next).toEqual(started.next);
    const closed: readonly (readonly [method: string, path: string, body?: unknown])[] = [
      ['GET', '/v1/session'],
      ['GET', '/v1/me'],
      ['GET', '/v1/me/sessions'],
      ['GET', `/v1/organisations/${manager.organisationId}/audit/records`],
      ['GET', `/v1/organisations/${manager.organisationId}/people`],
      ['POST', '/v1/me/recovery-codes', { password: manager.password }],
      ['DELETE', '/v1/me/factors/some-credential'],
      ['POST', `/v1/sign-ins/${signInId}/challenges`, { credentialId: 'some-credential' }],
    ];
    for (const [method, path, body] of closed) {
      const reply = await program.send(method, path, { token, body });
      expect([path, reply.outcome]).toEqual([path, '403 set-up-required']);
    }

    const enrolled = await enrolApp(program, token);
    expect(enrolled.next).toEqual({ step: 'completed' });
    expect(enrolled.recoveryCodes).toHaveLength(10);
    expect(enrolled.token).not.toBe(token);
    expect((await program.get('/v1/me/factors', token)).outcome).toBe('401 not-signed-in');
    expect((await sessionOf(enrolled.token)).assurance.level).toBe('aal2');
    // A finished sign-in can still be read by the session that it opened.
    const read = await program.get(`/v1/sign-ins/${signInId}`, enrolled.token);
    expect(read.as(publicApi.readSignIn).next).toEqual({ step: 'completed' });
  });

  it('HC8: nobody drops below the policy', async () => {
    const { credentialId, token } = await enrolledManager(program, 'accurx');
    const removed = await program.send('DELETE', `/v1/me/factors/${credentialId}`, { token });
    expect(removed.outcome).toBe('422 policy-needs-factor');
    expect((await readFactors(program, token)).factors).toHaveLength(1);

    const second = await enrolApp(program, token);
    const first = await program.send('DELETE', `/v1/me/factors/${credentialId}`, { token });
    expect(first.outcome).toBe('204');
    const last = await program.send('DELETE', `/v1/me/factors/${second.credentialId}`, { token });
    expect(last.outcome).toBe('422 policy-needs-factor');
  });

  it('R5: a set-up is not offered to someone who holds a factor, nor opened by the password alone', async () => {
    const { manager } = await enrolledManager(program, 'accurx');
    const started = await startSignIn(program, manager);
    expect(started.next.step).toBe('second-factor');
    const { token } = started;
    const bound = await program.post('/v1/me/factors/totp/enrolments', { password: manager.password }, { token });
    expect(bound.outcome).toBe('403 second-factor-required');
    expect((await program.get('/v1/me/factors', token)).outcome).toBe('403 second-factor-required');
  });
});

describe('preset healthie', () => {
  it('HE2 HE4 HE11: the app is set up, email is not offered, a backup code comes with it', async () => {
    const manager = await openPractice(program, 'healthie');
    const { token, next } = await startSignIn(program, manager);
    expect(next).toEqual({ step: 'completed' });
    const email = await program.post('/v1/me/factors/email/enrolments', {}, { token });
    expect(email.outcome).toBe('422 factor-not-allowed');
    const enrolled = await enrolApp(program, token);
    expect(enrolled.recoveryCodes).toHaveLength(1);
    expect(await readFactors(program, enrolled.token)).toMatchObject({ setUp: { complete: true, missing: [] } });
    const signedIn = await signInWith(program, manager, 'totp', await enrolled.app.freshCode());
    expect((await sessionOf(signedIn)).assurance.level).toBe('aal2');
  });

  it('HE2: the link names the issuer and the login email', async () => {
    const manager = await openPractice(program, 'healthie');
    const { token } = await startSignIn(program, manager);
    const reply = await program.post('/v1/me/factors/totp/enrolments', {}, { token });
    const { uri } = JSON.parse(reply.text) as { uri: string };
    const link = new URL(uri);
    expect(link.protocol).toBe('otpauth:');
    expect(decodeURIComponent(link.pathname)).toBe(`/Cofactor:${manager.email}`);
    expect(link.searchParams.get('issuer')).toBe('Cofactor');
  });

  it('HE4: the one backup code signs in once, and the reply brings the next', async () => {
    const manager = await openPractice(program, 'healthie');
    const { token } = await startSignIn(program, manager);
    const { recoveryCodes } = await enrolApp(program, token);
    expect(recoveryCodes).toHaveLength(1);
    const [first = ''] = recoveryCodes;
    const used = await answer(program, await startSignIn(program, manager), 'recovery-code', first);
    expect(used.outcome).toBe('200');
    const [second = '', ...more] = used.as(publicApi.answerChallenge).recoveryCodes ?? [];
    expect([more, second === first]).toEqual([[], false]);
    const again = await answer(program, await startSignIn(program, manager), 'recovery-code', first);
    expect(again.status).toBe(401);
    const next = await answer(program, await startSignIn(program, manager), 'recovery-code', second);
    expect(next.outcome).toBe('200');
    const { token: now = '' } = next.as(publicApi.answerChallenge);
    expect((await readFactors(program, now)).recoveryCodes).toEqual({ remaining: 1 });
  });

  it('HE12: sessions end after 3 hours, and after an hour of rest', async () => {
    const { token } = await startSignIn(program, await openPractice(program, 'healthie'));
    const before = Date.now();
    const { expiresAt, idleExpiresAt } = await sessionOf(token);
    expect(Math.round((Date.parse(expiresAt) - before) / 60_000)).toBe(180);
    expect(Math.round((Date.parse(idleExpiresAt) - before) / 60_000)).toBe(60);
  });
});

describe('preset hipaatherapy', () => {
  it('HT6: no authenticator app', async () => {
    const manager = await openPractice(program, 'hipaatherapy');
    const { token } = await startSignIn(program, manager);
    const refused = await program.post('/v1/me/factors/totp/enrolments', { password: manager.password }, { token });
    expect(refused.outcome).toBe('422 factor-not-allowed');
    expect((await readFactors(program, token)).allowed).toEqual(['webauthn']);
  });

  it('HT3: a set-up asks for the password each time', async () => {
    const manager = await openPractice(program, 'hipaatherapy');
    const { token } = await startSignIn(program, manager);
    const without = await program.post('/v1/me/factors/totp/enrolments', {}, { token });
    expect(without.outcome).toBe('403 password-required');
    await expect(startApp(program, token, 'not the password')).rejects.toThrow('invalid-credentials');
  });
});
