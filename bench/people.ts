import { randomUUID } from 'node:crypto';
import { ScureBase32Plugin } from 'otplib';
import { generateSync } from 'otplib/functional';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { inLanes, type HttpClient } from './http-client';

const stepMilliseconds = 30_000;
/** What is left of a step when its code is still begun with. */
const margin = 6_000;
/** Hashing passwords fills the machine with two at once. */
const lanes = 4;
export const password = 'correct horse battery staple 9';
const base32 = new ScureBase32Plugin();

const organisationReply = z.object({ organisationId: z.string() });
const signInReply = z.looseObject({ signInId: z.string(), token: z.string() });
const enrolmentReply = z.object({ enrolmentId: z.string(), secret: z.string() });
const confirmationReply = z.object({ credentialId: z.string() });
const issuedReply = z.object({ challengeId: z.string() });
const answeredReply = z.object({ token: z.string(), next: z.object({ step: z.literal('completed') }) });

/** The manager of a practice of their own, who signs in with an authenticator app. */
export interface Person {
  readonly organisationId: string;
  readonly email: string;
  readonly secret: string;
  readonly credentialId: string;
}

/** Somebody whose password was right and who was asked for a code. */
export interface Asked {
  readonly person: Person;
  readonly signInId: string;
  readonly token: string;
  readonly challengeId: string;
}

/** The step of RFC 6238 that it is now. */
export const currentStep = (): number => Math.floor(Date.now() / stepMilliseconds);

/** RFC 6238: SHA-1, 6 digits, 30 s. */
export const codeOf = (secret: string, step: number): string =>
  generateSync({
    secret: base32.decode(secret),
    algorithm: 'sha1',
    digits: 6,
    period: 30,
    epoch: (step * stepMilliseconds) / 1000,
  });

/** A practice of somebody's own; its id. */
export async function openPractice(client: HttpClient, email: string, preset: 'healthcode' | 'hipaatherapy') {
  const manager = { name: 'Dr Amara Okafor', email, password };
  const body = { name: 'Riverside', preset, manager };
  const created = await client.expect(201, { method: 'POST', path: '/v1/organisations', body });
  return organisationReply.parse(created.body).organisationId;
}

/** As far as the password goes. */
export async function signIn(client: HttpClient, email: string): Promise<z.output<typeof signInReply>> {
  const body = { email, password };
  return signInReply.parse((await client.expect(201, { method: 'POST', path: '/v1/sign-ins', body })).body);
}

/** People of an installation, set up through its API as anybody else. */
export class People {
  /** The step whose code each of them used last, by email: a code works once. */
  private readonly usedSteps = new Map<string, number>();

  constructor(private readonly client: HttpClient) {}

  /** Creates so many practices, each with a manager who has set up an authenticator app. */
  async create(count: number): Promise<readonly Person[]> {
    const people: Person[] = [];
    await inLanes(Array.from({ length: count }), lanes, async () => {
      people.push(await this.createOne());
    });
    return people;
  }

  private async createOne(): Promise<Person> {
    const email = `${randomUUID()}@practice.example`;
    const organisationId = await openPractice(this.client, email, 'healthcode');
    const { token } = await signIn(this.client, email);
    const path = '/v1/me/factors/totp/enrolments';
    const started = await this.client.expect(201, { method: 'POST', path, token, body: { password } });
    const { enrolmentId, secret } = enrolmentReply.parse(started.body);
    const step = currentStep();
    const confirmed = await this.client.expect(201, {
      method: 'POST',
      path: `${path}/${enrolmentId}/confirmation`,
      token,
      body: { code: codeOf(secret, step) },
    });
    const { credentialId } = confirmationReply.parse(confirmed.body);
    this.usedSteps.set(email, step);
    return { organisationId, email, secret, credentialId };
  }

  /** Everybody's password, then a code is asked for. */
  async ask(people: readonly Person[]): Promise<readonly Asked[]> {
    const asked: Asked[] = [];
    await inLanes(people, lanes, async (person) => {
      const { signInId, token } = await signIn(this.client, person.email);
      asked.push({ person, signInId, token, challengeId: await this.issue(signInId, token, person.credentialId) });
    });
    return asked;
  }

  async issue(signInId: string, token: string, credentialId: string): Promise<string> {
    const path = `/v1/sign-ins/${signInId}/challenges`;
    const issued = await this.client.expect(201, { method: 'POST', path, token, body: { credentialId } });
    return issuedReply.parse(issued.body).challengeId;
  }

  /**
   * Waits for a step whose codes none of them has used, and takes it for all. A code is accepted one step either side,
   * so of three steps in a row none has to be waited for.
   */
  async takeStep(people: readonly Person[]): Promise<number> {
    const used = Math.max(...people.map(({ email }) => this.usedSteps.get(email) ?? 0));
    for (;;) {
      const left = stepMilliseconds - (Date.now() % stepMilliseconds);
      const step = Math.max(used + 1, left > margin ? currentStep() - 1 : currentStep());
      if (step <= currentStep() + 1) {
        for (const { email } of people) this.usedSteps.set(email, step);
        return step;
      }
      await pause(left + 1);
    }
  }

  /** Answers with the code of the step; the token of the session that this opens. */
  async answer({ person, signInId, token, challengeId }: Asked, step: number): Promise<string> {
    const path = `/v1/sign-ins/${signInId}/challenges/${challengeId}/answer`;
    const body = { code: codeOf(person.secret, step) };
    return answeredReply.parse((await this.client.expect(200, { method: 'POST', path, token, body })).body).token;
  }
}
