import { publicApi } from '@cofactor/contracts';
import { Installation } from '../installation';
import {
  answer,
  challenge,
  enrolApp,
  enrolledManager,
  offered,
  openPractice,
  signInWith,
  startApp,
  startSignIn,
  type Manager,
} from './practice';
import { Program } from './program';

let installation: Installation;
let program: Program;

beforeAll(async () => {
  installation = await Installation.start();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const listSessions = async (token: string) =>
  (await program.get('/v1/me/sessions', token)).as(publicApi.listSessions).sessions;
const outcomeWith = async (token: string) => (await program.get('/v1/session', token)).outcome;

describe('sessions', () => {
  it('are listed with where they come from, the own one marked, newest first', async () => {
    const manager = await openPractice(program);
    const sessionIdOf = async (token: string) =>
      (await program.get('/v1/session', token)).as(publicApi.readSession).sessionId;
    const started = async (userAgent: string) => {
      const { email, password } = manager;
      const reply = await program.post('/v1/sign-ins', { email, password }, { headers: { 'user-agent': userAgent } });
      return reply.as(publicApi.startSignIn).token ?? '';
    };
    const [first, second] = [await started('Surgery PC'), await started('Home laptop')];
    expect(await listSessions(first)).toMatchObject([
      { sessionId: await sessionIdOf(second), current: false, userAgent: 'Home laptop', level: 'aal1' },
      { sessionId: await sessionIdOf(first), current: true, userAgent: 'Surgery PC', ip: '127.0.0.1' },
    ]);
  });

  it('§6.7: an ended session is dead at once, ended by itself or from another one', async () => {
    const manager = await openPractice(program);
    const tokens = await Promise.all([0, 1, 2].map(async () => (await startSignIn(program, manager)).token));
    const [mine = '', other = '', third = ''] = tokens;
    const held = await listSessions(mine);
    const otherId = (await program.get('/v1/session', other)).as(publicApi.readSession).sessionId;
    expect(held.map(({ sessionId }) => sessionId)).toContain(otherId);

    expect((await program.send('DELETE', `/v1/me/sessions/${otherId}`, { token: mine })).outcome).toBe('204');
    expect(await outcomeWith(other)).toBe('401 not-signed-in');
    expect((await program.send('DELETE', `/v1/me/sessions/${otherId}`, { token: mine })).outcome).toBe('404 not-found');
    expect((await program.send('DELETE', '/v1/session', { token: third })).outcome).toBe('204');
    expect(await outcomeWith(third)).toBe('401 not-signed-in');
    expect((await program.send('DELETE', '/v1/session', { token: third })).outcome).toBe('401 not-signed-in');
    expect(await outcomeWith(mine)).toBe('200');
    expect(await listSessions(mine)).toHaveLength(1);
  });

  it('of other people cannot be ended', async () => {
    const [one, other] = [await openPractice(program), await openPractice(program)];
    const [{ token }, { token: theirs }] = [await startSignIn(program, one), await startSignIn(program, other)];
    const [{ sessionId = '' } = {}] = await listSessions(theirs);
    expect((await program.send('DELETE', `/v1/me/sessions/${sessionId}`, { token })).outcome).toBe('404 not-found');
    expect(await outcomeWith(theirs)).toBe('200');
  });

  it('§6.7: survive a restart, and ended ones stay ended', async () => {
    const manager = await openPractice(program);
    const [kept, ended] = [await startSignIn(program, manager), await startSignIn(program, manager)];
    await program.send('DELETE', '/v1/session', { token: ended.token });
    await installation.stop();
    await installation.start();
    expect(await outcomeWith(kept.token)).toBe('200');
    expect(await outcomeWith(ended.token)).toBe('401 not-signed-in');
  });
});

describe('R22 tokens', () => {
  it('the token of a sign-in dies when the sign-in is finished', async () => {
    const { manager, app } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    expect(await outcomeWith(started.token)).toBe('403 second-factor-required');
    const reply = await answer(program, started, 'totp', await app.freshCode());
    const { token = '' } = reply.as(publicApi.answerChallenge);
    expect(token).not.toBe(started.token);
    expect(await outcomeWith(started.token)).toBe('401 not-signed-in');
    expect(await outcomeWith(token)).toBe('200');
  });

  it('the token of a session dies when the first factor raises it', async () => {
    const { token } = await startSignIn(program, await openPractice(program));
    expect((await program.get('/v1/session', token)).as(publicApi.readSession).assurance.level).toBe('aal1');
    const raised = await enrolApp(program, token);
    expect(raised.token).not.toBe(token);
    expect(await outcomeWith(token)).toBe('401 not-signed-in');
    const session = (await program.get('/v1/session', raised.token)).as(publicApi.readSession);
    expect(session.assurance).toMatchObject({ level: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('an unfinished sign-in can be given up; its token is dead at once', async () => {
    const { manager } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    expect((await program.send('DELETE', '/v1/session', { token: started.token })).outcome).toBe('204');
    expect(await outcomeWith(started.token)).toBe('401 not-signed-in');
  });
});

describe('one sign-in', () => {
  const signedUp = async (): Promise<Awaited<ReturnType<typeof enrolledManager>>> => enrolledManager(program);
  const twoSignIns = async (manager: Manager) =>
    [await startSignIn(program, manager), await startSignIn(program, manager)] as const;

  it('§6.4: cannot use the challenge of another, nor be read by another', async () => {
    const { manager, app } = await signedUp();
    const [one, other] = await twoSignIns(manager);
    const path = await challenge(program, one, offered(one, 'totp'));
    const code = await app.freshCode();
    const crossed = path.replace(one.signInId, other.signInId);
    expect((await program.post(crossed, { code }, { token: other.token })).outcome).toBe('401 code-expired');
    expect((await program.post(path, { code }, { token: other.token })).outcome).toBe('404 not-found');
    expect((await program.get(`/v1/sign-ins/${one.signInId}`, other.token)).outcome).toBe('404 not-found');
    expect((await program.post(path, { code }, { token: one.token })).outcome).toBe('200');
  });

  it('§6.13: reading consumes nothing', async () => {
    const { manager, app } = await signedUp();
    const started = await startSignIn(program, manager);
    const path = await challenge(program, started, offered(started, 'totp'));
    for (const address of [`/v1/sign-ins/${started.signInId}`, path, path.replace('/answer', '')]) {
      for (const method of ['GET', 'HEAD']) await program.send(method, address, { token: started.token });
    }
    expect((await program.post(path, { code: await app.freshCode() }, { token: started.token })).outcome).toBe('200');
  });

  it('§6.13: reading a set-up, or the sessions, changes nothing either', async () => {
    const { token } = await startSignIn(program, await openPractice(program));
    const { app, path } = await startApp(program, token);
    await program.get(path, token);
    await program.get(path.replace('/confirmation', ''), token);
    const [{ sessionId = '' } = {}] = await listSessions(token);
    await program.get(`/v1/me/sessions/${sessionId}`, token);
    expect((await program.post(path, { code: await app.freshCode() }, { token })).outcome).toBe('201');
  });

  it('§6.4: an answer that was lost on its way gives no second session', async () => {
    const { manager, app } = await signedUp();
    const started = await startSignIn(program, manager);
    const path = await challenge(program, started, offered(started, 'totp'));
    const code = await app.freshCode();
    const sent = { token: started.token };
    const replies = await Promise.all([1, 2, 3].map(() => program.post(path, { code }, sent)));
    const tokens = replies
      .filter(({ status }) => status === 200)
      .map((reply) => reply.as(publicApi.answerChallenge).token);
    expect(tokens).toHaveLength(1);
    const sessions = await listSessions(tokens[0] ?? '');
    expect(sessions.filter(({ level }) => level === 'aal2')).toHaveLength(2);
  });

  it('HC6: may answer with a recovery code after wrong codes of the app', async () => {
    const { manager, app, recoveryCodes } = await signedUp();
    const started = await startSignIn(program, manager);
    expect((await answer(program, started, 'totp', app.wrongCode())).outcome).toBe('401 code-wrong');
    expect((await answer(program, started, 'recovery-code', recoveryCodes[3] ?? '')).outcome).toBe('200');
    await signInWith(program, manager, 'recovery-code', recoveryCodes[4] ?? '');
  });
});
