import { publicApi, type Next, type Preset } from '@cofactor/contracts';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AuthenticatorApp } from './authenticator-app';
import { textsTo } from './outbox';
import type { Program, Reply, Sent } from './program';

export interface Manager {
  readonly organisationId: string;
  readonly personId: string;
  readonly email: string;
  readonly password: string;
}

export interface StartedSignIn {
  readonly signInId: string;
  readonly token: string;
  readonly next: Next;
}

export interface EnrolledApp {
  readonly app: AuthenticatorApp;
  readonly credentialId: string;
  readonly recoveryCodes: readonly string[];
  /** The token from here on: a new one where the enrolment raised the session or finished the sign-in. */
  readonly token: string;
  readonly next: Next | undefined;
}

export const password = 'correct horse battery staple 9';

export const newPractice = (preset: Preset, email: string, secret = password) => ({
  name: 'Elm Street Practice',
  preset,
  manager: { name: 'Dr Amara Okafor', email, password: secret },
});

export const newEmail = (): string => `manager-${randomUUID().slice(0, 8)}@practice.example`;

/** A new practice with its manager, who has set up nothing yet. */
export async function openPractice(program: Program, preset: Preset = 'healthcode'): Promise<Manager> {
  const email = newEmail();
  const reply = await program.post('/v1/organisations', newPractice(preset, email));
  return { ...reply.as(publicApi.createOrganisation), email, password };
}

/** Somebody new whom an administrator adds, and who has chosen a password by the link that they were sent. */
export async function addColleague(
  program: Program,
  { organisationId, token }: { readonly organisationId: string; readonly token: string },
  { name = 'Dr Lee Park', email = newEmail() } = {},
): Promise<Manager & { readonly name: string }> {
  const body = { name, email, roles: ['member'] };
  const added = await program.post(`/v1/organisations/${organisationId}/people`, body, { token });
  const { personId } = added.as(publicApi.addPerson);
  await chooseFirstPassword(program, email);
  return { organisationId, personId, name, email, password };
}

/** By the link of the message that somebody was sent when they were added. */
export async function chooseFirstPassword(program: Program, email: string): Promise<void> {
  const mail = (await textsTo(program, email)).find((text) => text.includes('/first-password#'));
  const link = /first-password#(\S+)/.exec(mail ?? '')?.[1] ?? '';
  expect((await program.post('/v1/first-passwords', { token: link, password })).outcome).toBe('204');
}

export const typePassword = (program: Program, { email, password: typed }: Manager, sent: Omit<Sent, 'body'> = {}) =>
  program.post('/v1/sign-ins', { email, password: typed }, sent);

/** As far as the password goes. */
export async function startSignIn(program: Program, manager: Manager): Promise<StartedSignIn> {
  const { token = '', ...rest } = (await typePassword(program, manager)).as(publicApi.startSignIn);
  return { ...rest, token };
}

const enrolment = {
  status: 201,
  reply: z.looseObject({ enrolmentId: z.string(), secret: z.string(), uri: z.string() }),
};

/** Starts to set up an authenticator app; nothing is confirmed yet. */
export async function startApp(program: Program, token: string, typed: string = password) {
  const reply = await program.post('/v1/me/factors/totp/enrolments', { password: typed }, { token });
  const { enrolmentId, secret } = reply.as(enrolment);
  return { app: new AuthenticatorApp(secret), path: `/v1/me/factors/totp/enrolments/${enrolmentId}/confirmation` };
}

/** Sets up an authenticator app with its first code. */
export async function enrolApp(program: Program, token: string, typed: string = password): Promise<EnrolledApp> {
  const { app, path } = await startApp(program, token, typed);
  const reply = await program.post(path, { code: await app.freshCode() }, { token });
  const { credentialId, recoveryCodes = [], next, token: newToken } = reply.as(publicApi.confirmEnrolment);
  return { app, credentialId, recoveryCodes, token: newToken ?? token, next };
}

/** A manager with an authenticator app, recovery codes and a session that rests on both factors. */
export async function enrolledManager(program: Program, preset: Preset = 'healthcode') {
  const manager = await openPractice(program, preset);
  const { token } = await startSignIn(program, manager);
  return { manager, ...(await enrolApp(program, token)) };
}

/** The credential that a sign-in offers: of this type, and of this id where one is named. */
export function offered({ next }: StartedSignIn, type: string, credentialId?: string): string {
  const methods = next.step === 'second-factor' ? next.methods : [];
  const method = methods.find((one) => one.type === type && (credentialId ?? one.credentialId) === one.credentialId);
  if (!method) throw new Error(`${type} is not offered by ${JSON.stringify(next)}`);
  return method.credentialId;
}

/** Asks for a challenge; answers the address to which its code goes. */
export async function challenge(program: Program, started: StartedSignIn, credentialId: string): Promise<string> {
  const path = `/v1/sign-ins/${started.signInId}/challenges`;
  const reply = await program.post(path, { credentialId }, { token: started.token });
  return `${path}/${reply.as(publicApi.issueChallenge).challengeId}/answer`;
}

/** Asks for a challenge of a method and answers it. */
export async function answer(
  program: Program,
  started: StartedSignIn,
  type: 'totp' | 'recovery-code',
  code: string,
  credentialId?: string,
): Promise<Reply> {
  const path = await challenge(program, started, offered(started, type, credentialId));
  return program.post(path, { code }, { token: started.token });
}

/** Signs in with the password and a code; answers the new session's token. */
export async function signInWith(
  program: Program,
  manager: Manager,
  type: 'totp' | 'recovery-code',
  code: string,
): Promise<string> {
  const reply = await answer(program, await startSignIn(program, manager), type, code);
  return reply.as(publicApi.answerChallenge).token ?? '';
}

export const readFactors = async (program: Program, token: string) =>
  (await program.get('/v1/me/factors', token)).as(publicApi.listFactors);

/** The newest records of the manager's practice, as far as one page goes; sees the writes at `positions` (I8). */
export async function readAudit(program: Program, manager: Manager, token: string, positions: readonly string[] = []) {
  const path = `/v1/organisations/${manager.organisationId}/audit/records?limit=500`;
  const headers = positions.length > 0 ? { 'cofactor-read-after': positions.join(', ') } : {};
  return (await program.get(path, token, headers)).as(publicApi.listAuditRecords).records;
}

export const positionOf = (reply: Reply): string => {
  const position = reply.headers.get('cofactor-position');
  if (!position) throw new Error(`no Cofactor-Position beside ${reply.status} ${reply.text}`);
  return position;
};
