import { publicApi } from '@cofactor/contracts';
import { randomUUID } from 'node:crypto';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { Databases } from './databases';
import {
  challenge,
  enrolledManager,
  newEmail,
  newPractice,
  offered,
  openPractice,
  password,
  readAudit,
  readFactors,
  startApp,
  startSignIn,
} from './practice';
import { Program, type Reply } from './program';

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

type Send = (key: string, body?: unknown) => Promise<Reply>;

const poster =
  (path: string, body: unknown, token?: string): Send =>
  (key, other) =>
    program.post(path, other ?? body, {
      headers: { 'idempotency-key': key },
      ...(token === undefined ? {} : { token }),
    });

const outcomes = async (replies: readonly Promise<Reply>[]) =>
  (await Promise.all(replies)).map(({ outcome }) => outcome);

describe('§6.10 Idempotency-Key', () => {
  describe('where the reply holds no secret: the same reply again', () => {
    it('creating a practice', async () => {
      const [key, body] = [randomUUID(), newPractice('healthcode', newEmail())];
      const send = poster('/v1/organisations', body);
      const first = await send(key);
      const again = await send(key);
      expect(again.as(publicApi.createOrganisation)).toEqual(first.as(publicApi.createOrganisation));
      expect(again.headers.get('cofactor-position')).toBe(first.headers.get('cofactor-position'));
      expect((await send(key, { ...body, name: 'Another practice' })).outcome).toBe('422 idempotency-key-reused');
      expect((await send(randomUUID())).outcome).toBe('409 email-taken');
    });

    it('creating a practice, ten times at once: one practice', async () => {
      const [key, body] = [randomUUID(), newPractice('healthcode', newEmail())];
      const replies = await Promise.all(Array.from({ length: 10 }, () => poster('/v1/organisations', body)(key)));
      expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
      expect(replies.map(({ outcome }) => outcome)).toEqual(Array(10).fill('201'));
      const { organisationId } = replies[0]?.as(publicApi.createOrganisation) ?? {};
      const created = await databases.rows('identity', `SELECT FROM events WHERE data->>'organisationId' = $1`, [
        organisationId,
      ]);
      expect(created).toHaveLength(2);
    });

    it('asking for a challenge', async () => {
      const { manager, credentialId } = await enrolledManager(program);
      const started = await startSignIn(program, manager);
      const path = `/v1/sign-ins/${started.signInId}/challenges`;
      const send = poster(path, { credentialId }, started.token);
      const key = randomUUID();
      const first = await send(key);
      const again = await send(key);
      expect(again.as(publicApi.issueChallenge)).toEqual(first.as(publicApi.issueChallenge));
      expect(again.headers.get('cofactor-position')).toBe(first.headers.get('cofactor-position'));
      const other = await send(key, { credentialId: offered(started, 'recovery-code') });
      expect(other.outcome).toBe('422 idempotency-key-reused');
      const atOnce = randomUUID();
      const replies = await Promise.all(Array.from({ length: 10 }, () => send(atOnce)));
      expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
      const issued = (await databases.facts('challenge')).filter(({ data }) => data['signInId'] === started.signInId);
      expect(issued).toHaveLength(2);
    });
  });

  describe('where the reply held a secret: 409 already-done', () => {
    it('starting a sign-in', async () => {
      const { email } = await openPractice(program);
      const [key, send] = [randomUUID(), poster('/v1/sign-ins', { email, password })];
      expect(await outcomes([send(key)])).toEqual(['201']);
      expect((await send(key)).outcome).toBe('409 already-done');
      expect((await send(key, { email, password: 'another one' })).outcome).toBe('422 idempotency-key-reused');
      const atOnce = randomUUID();
      const seen = await outcomes(Array.from({ length: 10 }, () => send(atOnce)));
      expect(seen.sort()).toEqual(['201', ...Array<string>(9).fill('409 already-done')]);
    });

    it('starting a set-up', async () => {
      const { token } = await startSignIn(program, await openPractice(program));
      const [key, send] = [randomUUID(), poster('/v1/me/factors/totp/enrolments', {}, token)];
      const seen = await outcomes(Array.from({ length: 5 }, () => send(key)));
      expect(seen.sort()).toEqual(['201', ...Array<string>(4).fill('409 already-done')]);
      expect((await send(key, { name: 'Work phone' })).outcome).toMatch(
        /^4(22 idempotency-key-reused|00 invalid-fields)$/,
      );
    });

    it('confirming a set-up: one factor, whatever the number of tries', async () => {
      const { token } = await enrolledManager(program);
      const { app, path } = await startApp(program, token);
      const [key, code] = [randomUUID(), await app.freshCode()];
      const send = poster(path, { code }, token);
      const seen = await outcomes(Array.from({ length: 5 }, () => send(key)));
      expect(seen.sort()).toEqual(['201', ...Array<string>(4).fill('409 already-done')]);
      expect((await send(key, { code: app.wrongCode() })).outcome).toBe('422 idempotency-key-reused');
      expect((await readFactors(program, token)).factors).toHaveLength(2);
    });

    it('getting new recovery codes: one new set', async () => {
      const { token, manager } = await enrolledManager(program);
      const [key, send] = [randomUUID(), poster('/v1/me/recovery-codes', { password }, token)];
      const seen = await outcomes(Array.from({ length: 4 }, () => send(key)));
      expect(seen.sort()).toEqual(['201', ...Array<string>(3).fill('409 already-done')]);
      const issued = (await databases.facts('factor_enrollment')).filter(
        ({ type, stream }) => type === 'recovery-codes.issued' && stream === `factors-${manager.personId}`,
      );
      expect(issued).toHaveLength(2);
    });
  });

  it('a wrong code with one key counts once and answers the same; another code with that key is 422', async () => {
    const { manager, app, token } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    const path = await challenge(program, started, offered(started, 'totp'));
    const [key, send] = [randomUUID(), poster(path, { code: app.wrongCode() }, started.token)];
    expect(await outcomes(Array.from({ length: 8 }, () => send(key)))).toEqual(Array(8).fill('401 code-wrong'));
    expect((await send(key, { code: app.wrongCode() })).outcome).toBe('422 idempotency-key-reused');
    const refused = (await databases.facts('challenge')).filter(
      ({ type, data }) => type === 'challenge.refused' && data['signInId'] === started.signInId,
    );
    expect(refused).toHaveLength(1);
    await databases.settled();
    const records = await readAudit(program, manager, token);
    expect(records.filter(({ type }) => type === 'challenge.refused')).toHaveLength(1);
  });

  it('a right code with one key, five times at once: one session', async () => {
    const { manager, app, token } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    const path = await challenge(program, started, offered(started, 'totp'));
    const [key, send] = [randomUUID(), poster(path, { code: await app.freshCode() }, started.token)];
    const seen = await outcomes(Array.from({ length: 5 }, () => send(key)));
    expect(seen.filter((outcome) => outcome === '200')).toHaveLength(1);
    expect(seen.filter((outcome) => outcome !== '200').every((outcome) => /^40[19] /.test(outcome))).toBe(true);
    const { sessions } = (await program.get('/v1/me/sessions', token)).as(publicApi.listSessions);
    expect(sessions).toHaveLength(2);
  });

  it("somebody else's key is not in the way", async () => {
    const [one, other] = [await enrolledManager(program), await enrolledManager(program)];
    const key = randomUUID();
    for (const { token } of [one, other]) {
      expect((await poster('/v1/me/factors/totp/enrolments', {}, token)(key)).outcome).toBe('201');
    }
  });

  it.each(['', 'x'.repeat(256), 'two words', 'ünicode'])('is refused where it is no key: %.20s', async (key) => {
    const reply = await poster('/v1/sign-ins', { email: 'someone@practice.example', password })(key);
    expect(reply.outcome).toBe('400 invalid-fields');
    expect(reply.problem.errors?.map(({ pointer }) => pointer)).toEqual(['Idempotency-Key']);
  });
});
