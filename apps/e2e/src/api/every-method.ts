import { publicApi, type FactorType } from '@cofactor/contracts';
import { SoftwareAuthenticator, type AskedOfBrowser } from '@cofactor/testkit';
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { AuthenticatorApp } from './authenticator-app';
import { codeTo } from './outbox';
import { enrolledManager, offered, openPractice, password, startSignIn, type Manager } from './practice';
import type { Program } from './program';

type Body = Readonly<Record<string, unknown>>;
/** Makes the right answer to what was asked for; for what was sent, that of the moment in which it was asked. */
type Answering = (asked: Body) => Promise<() => Promise<Body>>;

/** A person's method of some type, used without knowing which. */
export interface Method {
  readonly type: FactorType;
  readonly manager: Manager;
  readonly credentialId: string;
  /** Of a session that rests on two factors. */
  readonly token: string;
  readonly answering: Answering;
}

const details = z.looseObject({ secret: z.string().optional() });
const started = { status: 201, reply: z.looseObject({ enrolmentId: z.string() }) };
const issued = { status: 201, reply: z.looseObject({ challengeId: z.string() }) };
const publicKeyIn = z.looseObject({ publicKey: z.custom<AskedOfBrowser>((value) => typeof value === 'object') });

const sentTo =
  (program: Program, to: string): Answering =>
  async () => {
    const code = await codeTo(program, to);
    return () => Promise.resolve({ code });
  };

/** What somebody fills in to set a method up, and how they answer from then on. */
function newMethodOf(program: Program, type: FactorType, { email }: Manager) {
  switch (type) {
    case 'totp': {
      let app: AuthenticatorApp | null = null;
      const answering: Answering = (asked) => {
        const known = (app ??= new AuthenticatorApp(details.parse(asked).secret ?? ''));
        return Promise.resolve(async () => ({ code: await known.freshCode() }));
      };
      return { fields: {}, answering };
    }
    case 'sms': {
      const digits = String(randomInt(1_000_000)).padStart(6, '0');
      return { fields: { number: `07400 ${digits}`, country: 'GB' }, answering: sentTo(program, `+447400${digits}`) };
    }
    case 'email':
      return { fields: {}, answering: sentTo(program, email) };
    case 'webauthn': {
      const browser = new SoftwareAuthenticator(program.url);
      const answering: Answering = (asked) => {
        const { publicKey } = publicKeyIn.parse(asked);
        const made = publicKey.rp ? { attestation: browser.create(publicKey) } : { assertion: browser.get(publicKey) };
        return Promise.resolve(() => Promise.resolve(made));
      };
      return { fields: {}, answering };
    }
    case 'recovery-code':
      throw new Error('recovery codes are not set up: they come with another method');
  }
}

/** Starts to set a method up; nothing is confirmed yet. */
export async function startSetUp(program: Program, type: FactorType, token: string, manager: Manager) {
  const { fields, answering } = newMethodOf(program, type, manager);
  const path = `/v1/me/factors/${type}/enrolments`;
  const asked = (await program.post(path, { password, ...fields }, { token })).as(started);
  return { path: `${path}/${asked.enrolmentId}/confirmation`, answering, right: await answering(asked) };
}

/** Under which a method of this type can be set up first. */
export const presetFor = (type: FactorType) => (type === 'webauthn' ? 'hipaatherapy' : 'healthcode');

/** A new person of a new practice who holds such a method, and nothing else but recovery codes. */
export async function enrolledMethod(program: Program, type: FactorType): Promise<Method> {
  if (type === 'recovery-code') return recoveryCodesOf(program);
  const manager = await openPractice(program, presetFor(type));
  const { token } = await startSignIn(program, manager);
  const { path, answering, right } = await startSetUp(program, type, token, manager);
  const confirmed = (await program.post(path, await right(), { token })).as(publicApi.confirmEnrolment);
  return { type, manager, credentialId: confirmed.credentialId, token: confirmed.token ?? token, answering };
}

async function recoveryCodesOf(program: Program): Promise<Method> {
  const { manager, token, recoveryCodes } = await enrolledManager(program);
  const left = [...recoveryCodes];
  const answering: Answering = () => {
    const code = left.shift();
    return Promise.resolve(() => Promise.resolve({ code }));
  };
  const credentialId = offered(await startSignIn(program, manager), 'recovery-code');
  return { type: 'recovery-code', manager, credentialId, token, answering };
}

/** A new sign-in of the person, which has asked for a challenge of the method. */
export async function challenged(program: Program, { manager, credentialId, answering }: Method) {
  const { signInId, token } = await startSignIn(program, manager);
  const challenges = `/v1/sign-ins/${signInId}/challenges`;
  const asked = (await program.post(challenges, { credentialId }, { token })).as(issued);
  const path = `${challenges}/${asked.challengeId}/answer`;
  return { token, signInId, challenges, path, challengeId: asked.challengeId, right: await answering(asked) };
}
