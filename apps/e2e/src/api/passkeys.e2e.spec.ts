import { publicApi } from '@cofactor/contracts';
import { eventually, SoftwareAuthenticator, type AskedOfBrowser } from '@cofactor/testkit';
import { z } from 'zod';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import {
  offered,
  openPractice,
  readAudit,
  readFactors,
  startSignIn,
  type Manager,
  type StartedSignIn,
} from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const enrolments = '/v1/me/factors/webauthn/enrolments';
const publicKey = z.custom<AskedOfBrowser>((value) => typeof value === 'object' && value !== null);
const startedEnrolment = { status: 201, reply: z.looseObject({ enrolmentId: z.string(), publicKey }) };
const issuedChallenge = { status: 201, reply: z.looseObject({ challengeId: z.string(), publicKey }) };
const aBrowser = () => new SoftwareAuthenticator(installation.url);

async function startPasskey(token: string, { password }: Manager, fields: Record<string, unknown> = {}) {
  const reply = await program.post(enrolments, { password, ...fields }, { token });
  const started = reply.as(startedEnrolment);
  return { ...started, path: `${enrolments}/${started.enrolmentId}/confirmation` };
}
async function enrolPasskey(
  token: string,
  manager: Manager,
  browser = aBrowser(),
  fields: Record<string, unknown> = {},
) {
  const started = await startPasskey(token, manager, fields);
  const reply = await program.post(started.path, { attestation: browser.create(started.publicKey) }, { token });
  const { token: newToken = token, ...rest } = reply.as(publicApi.confirmEnrolment);
  return { ...rest, browser, token: newToken };
}
async function aManagerWithPasskey() {
  const manager = await openPractice(program, 'hipaatherapy');
  const { token } = await startSignIn(program, manager);
  return { manager, ...(await enrolPasskey(token, manager, aBrowser(), { name: 'Desk key' })) };
}
async function challengeOf(started: StartedSignIn) {
  const path = `/v1/sign-ins/${started.signInId}/challenges`;
  const reply = await program.post(path, { credentialId: offered(started, 'webauthn') }, { token: started.token });
  const { challengeId, publicKey: asked } = reply.as(issuedChallenge);
  return { asked, path: `${path}/${challengeId}/answer` };
}
async function signIn(manager: Manager, browser: SoftwareAuthenticator) {
  const started = await startSignIn(program, manager);
  const { asked, path } = await challengeOf(started);
  return program.post(path, { assertion: browser.get(asked) }, { token: started.token });
}

describe('preset hipaatherapy', () => {
  it('HT3: the first passkey turns two-factor authentication on and shows ten recovery codes once', async () => {
    const manager = await openPractice(program, 'hipaatherapy');
    const before = await startSignIn(program, manager);
    expect(before.next).toEqual({ step: 'completed' });
    const without = await program.post(enrolments, { name: 'Desk key' }, { token: before.token });
    expect(without.outcome).toBe('403 password-required');
    const first = await enrolPasskey(before.token, manager, aBrowser(), { name: 'Desk key' });
    expect(new Set(first.recoveryCodes).size).toBe(10);
    expect(await readFactors(program, first.token)).toMatchObject({
      factors: [{ type: 'webauthn', name: 'Desk key', role: 'default' }],
      recoveryCodes: { remaining: 10 },
      setUp: { complete: true, missing: [] },
    });
    const second = await enrolPasskey(first.token, manager);
    expect(second.recoveryCodes).toBeUndefined();
    expect((await startSignIn(program, manager)).next.step).toBe('second-factor');
  });

  it('HT1: signs in with password and passkey, or with a backup code instead', async () => {
    const { manager, browser, recoveryCodes = [] } = await aManagerWithPasskey();
    const { token = '' } = (await signIn(manager, browser)).as(publicApi.answerChallenge);
    const session = (await program.get('/v1/session', token)).as(publicApi.readSession);
    expect(session.assurance.level).toBe('aal2');
    expect([...session.assurance.amr].sort()).toEqual(['hwk', 'mfa', 'pop', 'pwd', 'user']);
    const started = await startSignIn(program, manager);
    const path = `/v1/sign-ins/${started.signInId}/challenges`;
    const asked = await program.post(
      path,
      { credentialId: offered(started, 'recovery-code') },
      { token: started.token },
    );
    const { challengeId } = asked.as(publicApi.issueChallenge);
    const byCode = await program.post(
      `${path}/${challengeId}/answer`,
      { code: recoveryCodes[0] },
      { token: started.token },
    );
    expect(byCode.as(publicApi.answerChallenge).next).toEqual({ step: 'completed' });
  });

  it('HT5: removing the last passkey needs the password and turns it off; its recovery codes go', async () => {
    const { manager, credentialId, token } = await aManagerWithPasskey();
    const path = `/v1/me/factors/${credentialId}`;
    expect((await program.send('DELETE', path, { token })).outcome).toBe('403 password-required');
    const body = { password: manager.password };
    expect((await program.send('DELETE', path, { token, body })).outcome).toBe('204');
    expect(await readFactors(program, token)).toMatchObject({ factors: [], recoveryCodes: { remaining: 0 } });
    expect((await startSignIn(program, manager)).next).toEqual({ step: 'completed' });
  });
});

describe('a passkey is refused', () => {
  it('R18: for another challenge than its own', async () => {
    const { manager, browser } = await aManagerWithPasskey();
    const [one, other] = [await startSignIn(program, manager), await startSignIn(program, manager)];
    const first = await challengeOf(one);
    const second = await challengeOf(other);
    const assertion = browser.get(first.asked);
    expect((await program.post(second.path, { assertion }, { token: other.token })).outcome).toBe('401 code-wrong');
    expect((await program.post(first.path, { assertion }, { token: one.token })).status).toBe(200);
  });

  it('R19: when its counter does not move on, which the audit shows', async () => {
    const { manager, browser, token } = await aManagerWithPasskey();
    const started = await startSignIn(program, manager);
    const { asked, path } = await challengeOf(started);
    const copied = { assertion: browser.get(asked, { signCount: 1 }) };
    const refused = await program.post(path, copied, { token: started.token });
    expect(refused.outcome).toBe('401 authenticator-copied');
    // A refusal names no position to wait for: the record comes when the facts have come.
    const reasons = async () => (await readAudit(program, manager, token)).map(({ reason }) => reason);
    await eventually(reasons, (known) => known.includes('counter-not-increased'));
  });

  it('R17: when somebody else holds it', async () => {
    const { browser } = await aManagerWithPasskey();
    const manager = await openPractice(program, 'hipaatherapy');
    const { token } = await startSignIn(program, manager);
    const { path, publicKey: asked } = await startPasskey(token, manager);
    const again = await program.post(path, { attestation: browser.createAgain(asked) }, { token });
    expect(again.outcome).toBe('409 credential-taken');
  });

  it('R16: when it was made on another page, and when it is too long or no base64url', async () => {
    const manager = await openPractice(program, 'hipaatherapy');
    const { token } = await startSignIn(program, manager);
    const { path, publicKey: asked } = await startPasskey(token, manager);
    const elsewhere = new SoftwareAuthenticator('https://evil.example').create(asked);
    expect((await program.post(path, { attestation: elsewhere }, { token })).outcome).toBe('401 code-wrong');
    const made = aBrowser().create(asked);
    for (const attestationObject of ['%%%', 'x'.repeat(30_000)]) {
      const attestation = { ...made, response: { ...made.response, attestationObject } };
      expect((await program.post(path, { attestation }, { token })).outcome).toBe('400 invalid-fields');
    }
    const huge = { ...made, padding: 'x'.repeat(70_000) };
    expect((await program.post(path, { attestation: huge }, { token })).outcome).toBe('413 payload-too-large');
    expect((await program.post(path, { attestation: made }, { token })).status).toBe(201);
  });
});
