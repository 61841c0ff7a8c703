import { publicApi } from '@cofactor/contracts';
import { eventually, startTestKafka, type TestKafka } from '@cofactor/testkit';
import { Databases } from '../api/databases';
import { expectFactsRecordedOnce } from '../api/facts-and-records';
import {
  answer,
  challenge,
  enrolApp,
  enrolledManager,
  offered,
  openPractice,
  positionOf,
  readFactors,
  signInWith,
  startApp,
  startSignIn,
  typePassword,
} from '../api/practice';
import { Program } from '../api/program';
import { Installation } from '../installation';
import { partsOf, secondGateway } from './operations';
import { ShiftedClocks } from './shifted-clocks';

/** Not there when the services start, and not until the last test: nothing that is decided here may need it. */
let kafka: TestKafka;
const clocks = new ShiftedClocks();
let installation: Installation;
let databases: Databases;
/** Two replicas of each service, a gateway for each. */
let program: Program;
let other: Program;

beforeAll(async () => {
  kafka = await startTestKafka();
  await kafka.kill();
  const environment = { ...clocks.environment, KAFKA_BROKERS: kafka.brokers, COFACTOR_REPLICAS: '2' };
  installation = await Installation.prepare({ environment });
  await installation.startIncomplete();
  program = new Program(installation.url);
  other = secondGateway(installation);
  databases = await Databases.open(installation);
}, 240_000);
afterAll(async () => {
  await installation.remove();
  await databases.close();
  await kafka.stop();
  clocks.remove();
});

const outcomeAt = async (at: Program, token: string) => (await at.get('/v1/session', token)).outcome;
const remove = (credentialId: string, token: string, at = program) =>
  at.send('DELETE', `/v1/me/factors/${credentialId}`, { token });
/** The entries of the vault that a credential has. */
const secretsOf = (credentialId: string) =>
  databases.rows('vault', 'SELECT FROM factor_secret WHERE credential_id = $1', [credentialId]);

describe('with Kafka away since before the start', () => {
  it('every service runs, and says in /health/ready that the bus and its relay are down', async () => {
    for (const running of installation.running().services) {
      const { status, parts } = await partsOf(running);
      expect([running.service, status]).toEqual([running.service, 200]);
      const down = Object.keys(parts).filter((part) => parts[part] === 'down');
      const missing = { gateway: [], audit: ['bus'], challenge: ['relay'], 'factor-enrollment': ['relay'] };
      const expected = Object.entries(missing).find(([service]) => service === running.service)?.[1];
      expect([running.service, down.sort()]).toEqual([running.service, expected ?? ['bus', 'relay']]);
    }
    const whole = await program.send('GET', '/health/ready');
    expect([whole.status, whole.text]).toEqual([503, expect.stringContaining('"identity.relay":"down"')]);
  });

  it('I2 the main story: practice, app, codes; a code signs in once, at either gateway, and so does a recovery code', async () => {
    const { manager, app, recoveryCodes } = await enrolledManager(program);
    expect(recoveryCodes).toHaveLength(10);
    const code = await app.freshCode();
    const first = await signInWith(program, manager, 'totp', code);
    expect(await outcomeAt(other, first)).toBe('200');
    for (const at of [program, other]) {
      const again = await answer(at, await startSignIn(at, manager), 'totp', code);
      expect(again.outcome).toBe('401 code-already-used');
    }
    const [spare = ''] = recoveryCodes;
    expect(await outcomeAt(program, await signInWith(other, manager, 'recovery-code', spare))).toBe('200');
    const spent = await answer(program, await startSignIn(program, manager), 'recovery-code', spare);
    expect(spent.outcome).toBe('401 code-already-used');
  });

  it('§6.1: what is decided rests on the owner of the factors, though no copy of them has arrived anywhere', async () => {
    const { manager, token, ...first } = await enrolledManager(program);
    const second = await enrolApp(other, token);
    const copies = await databases.rows('identity', "SELECT FROM inbox WHERE source = 'factor-enrollment'");
    expect(copies).toEqual([]);
    for (const at of [program, other]) {
      const started = await startSignIn(at, manager);
      for (const { credentialId } of [first, second]) expect(offered(started, 'totp', credentialId)).toBe(credentialId);
    }
    expect((await remove(first.credentialId, token)).outcome).toBe('204');
    for (const at of [program, other]) {
      const started = await startSignIn(at, manager);
      expect(() => offered(started, 'totp', first.credentialId)).toThrow('not offered');
    }
    expect((await remove(second.credentialId, token)).outcome).toBe('204');
    expect((await startSignIn(other, manager)).next).toEqual({ step: 'completed' });
  });

  it('§6.2: the password alone binds nothing where a factor is, not even in a session that is older than the factor', async () => {
    const manager = await openPractice(program);
    const [weak, own] = [await startSignIn(program, manager), await startSignIn(program, manager)];
    const { token } = await enrolApp(program, own.token);
    const started = await startSignIn(other, manager);
    const { password } = manager;
    for (const unproven of [weak.token, started.token]) {
      for (const at of [program, other]) {
        const bound = await at.post('/v1/me/factors/totp/enrolments', { password }, { token: unproven });
        expect(bound.outcome).toBe('403 second-factor-required');
        const codes = await at.post('/v1/me/recovery-codes', { password }, { token: unproven });
        expect(codes.outcome).toBe('403 second-factor-required');
      }
    }
    expect((await readFactors(program, token)).factors).toHaveLength(1);
  });

  it('§6.3: no code of a set-up signs in, nor one of an app that is not confirmed, nor one of an app that is removed', async () => {
    const manager = await openPractice(program);
    const setUp = await startSignIn(program, manager);
    const { app, path } = await startApp(program, setUp.token);
    const code = await app.freshCode();
    const { token = '', credentialId } = (await program.post(path, { code }, { token: setUp.token })).as(
      publicApi.confirmEnrolment,
    );
    expect((await answer(other, await startSignIn(other, manager), 'totp', code)).outcome).toBe(
      '401 code-already-used',
    );
    await startApp(program, token);
    const started = await startSignIn(other, manager);
    expect(started.next).toMatchObject({ methods: [{ type: 'totp', credentialId }, { type: 'recovery-code' }] });
    const asked = await challenge(other, started, credentialId);
    const second = await enrolApp(program, token);
    expect((await remove(credentialId, token)).outcome).toBe('204');
    for (const at of [program, other]) {
      const late = await at.post(asked, { code: await app.freshCode() }, { token: started.token });
      expect(late.outcome).toBe('401 code-expired');
    }
    const later = await startSignIn(other, manager);
    expect((await answer(other, later, 'totp', await second.app.freshCode())).outcome).toBe('200');
  });

  it('§6.4: one answer, sent to both gateways six times at once, opens one session', async () => {
    const { manager, app } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    const path = await challenge(program, started, offered(started, 'totp'));
    const code = await app.freshCode();
    const sent = [program, other, program, other, program, other].map((at) =>
      at.post(path, { code }, { token: started.token }),
    );
    const passed = (await Promise.all(sent)).filter(({ status }) => status === 200);
    expect(passed).toHaveLength(1);
    const completed = await databases.rows(
      'identity',
      "SELECT FROM events WHERE type = 'sign-in.completed' AND data->>'signInId' = $1",
      [started.signInId],
    );
    expect(completed).toHaveLength(1);
  });

  it('§6.6: when a removal is answered, the secret is destroyed, and so are old recovery codes when new ones are shown', async () => {
    const { manager, token, credentialId, recoveryCodes } = await enrolledManager(program);
    const { credentialId: kept } = await enrolApp(program, token);
    expect(await secretsOf(credentialId)).toHaveLength(1);
    expect((await remove(credentialId, token, other)).outcome).toBe('204');
    expect(await secretsOf(credentialId)).toEqual([]);
    expect(await secretsOf(kept)).toHaveLength(1);
    const issued = await program.post('/v1/me/recovery-codes', { password: manager.password }, { token });
    expect(issued.as(publicApi.issueRecoveryCodes).recoveryCodes).toHaveLength(10);
    const old = await answer(other, await startSignIn(other, manager), 'recovery-code', recoveryCodes[0] ?? '');
    expect(old.outcome).toBe('401 code-wrong');
  });

  it('§6.7: an ended session is dead at once at every replica', async () => {
    const manager = await openPractice(program);
    const [mine, first, second] = [
      await startSignIn(program, manager),
      await startSignIn(program, manager),
      await startSignIn(other, manager),
    ];
    const { sessionId } = (await other.get('/v1/session', second.token)).as(publicApi.readSession);
    // Each gateway asks each replica of identity: as many questions as it takes to meet both.
    const everywhere = async (token: string) =>
      Promise.all([program, other, program, other, program, other].map((at) => outcomeAt(at, token)));
    expect(await everywhere(first.token)).toEqual(Array(6).fill('200'));
    expect((await program.send('DELETE', '/v1/session', { token: first.token })).outcome).toBe('204');
    expect(await everywhere(first.token)).toEqual(Array(6).fill('401 not-signed-in'));
    expect((await program.send('DELETE', `/v1/me/sessions/${sessionId}`, { token: mine.token })).outcome).toBe('204');
    expect(await everywhere(second.token)).toEqual(Array(6).fill('401 not-signed-in'));
    expect(await everywhere(mine.token)).toEqual(Array(6).fill('200'));
  });

  it("§6.8 I8: one's own data show every acknowledged write; a list of others says that it is not there yet", async () => {
    const { manager, token, credentialId, recoveryCodes } = await enrolledManager(program);
    expect(await readFactors(other, token)).toMatchObject({
      factors: [{ credentialId, role: 'default' }],
      recoveryCodes: { remaining: 10 },
    });
    const used = await signInWith(program, manager, 'recovery-code', recoveryCodes[0] ?? '');
    expect((await readFactors(other, used)).recoveryCodes).toEqual({ remaining: 9 });
    const { sessionId } = (await other.get('/v1/session', used)).as(publicApi.readSession);
    const { sessions } = (await other.get('/v1/me/sessions', token)).as(publicApi.listSessions);
    expect(sessions.map((session) => session.sessionId)).toContain(sessionId);
    const position = positionOf(await typePassword(program, manager));
    const path = `/v1/organisations/${manager.organisationId}/audit/records`;
    const late = await program.get(path, token, { 'cofactor-read-after': position });
    expect([late.outcome, late.retryAfter]).toEqual(['503 not-yet-visible', 1]);
  });

  it('§6.11: a clock 90 s off refuses and passes nobody, and nothing is restarted when it is right again', async () => {
    const { manager, recoveryCodes } = await enrolledManager(program);
    const [code = ''] = recoveryCodes;
    const started = await startSignIn(program, manager);
    clocks.shift('challenge', 90);
    const path = `/v1/sign-ins/${started.signInId}/challenges`;
    const ask = () => program.post(path, { credentialId: offered(started, 'recovery-code') }, { token: started.token });
    await eventually(ask, ({ outcome }) => outcome === '503 unavailable', 20_000);
    expect(await outcomeAt(program, started.token)).toBe('403 second-factor-required');
    clocks.shift('challenge', 0);
    await eventually(ask, ({ outcome }) => outcome === '201', 20_000);
    expect(await outcomeAt(program, await signInWith(program, manager, 'recovery-code', code))).toBe('200');
  });

  it('I1 when Kafka comes, every fact reaches the audit once, in the order of its stream', async () => {
    await kafka.restart();
    await eventually(
      () => installation.isReady(),
      (ready) => ready,
      60_000,
    );
    expect(await expectFactsRecordedOnce(databases)).toBeGreaterThan(100);
  }, 120_000);
});
