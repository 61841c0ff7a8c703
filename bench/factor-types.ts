import { SoftwareAuthenticator, type AskedOfBrowser } from '@cofactor/testkit';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { HttpClient } from './http-client';
import { compare, median, type Measurement, type Result } from './measure';
import { codeOf, currentStep, openPractice, password, signIn } from './people';
import type { Scale } from './scale';
import { withInstallation } from './two-installations';

const publicKey = z.custom<AskedOfBrowser>((value) => typeof value === 'object' && value !== null);
const startedReply = z.looseObject({ enrolmentId: z.string() });
const confirmedReply = z.looseObject({ credentialId: z.string(), recoveryCodes: z.array(z.string()).optional() });
const signInReply = z.looseObject({
  next: z.object({ methods: z.array(z.object({ credentialId: z.string(), type: z.string() })) }),
});
const issuedReply = z.looseObject({ challengeId: z.string() });
const outboxReply = z.array(z.looseObject({ to: z.string(), text: z.string() }));

type Kind = 'totp' | 'sms' | 'email' | 'webauthn' | 'recovery-code';
type Body = Readonly<Record<string, unknown>>;

/** Somebody who has set up one method: with what they answer when they are asked for it. */
interface SetUp {
  readonly email: string;
  readonly answerTo: (asked: Body) => Promise<Body>;
}

/** A question and its right answer, not yet given. */
interface Ready {
  readonly path: string;
  readonly token: string;
  readonly body: Body;
}

/** Sets people up through the interface, each method as a person would. */
class SetUps {
  private numbers = 0;

  constructor(
    private readonly client: HttpClient,
    private readonly origin: string,
  ) {}

  readonly of: { readonly [Type in Kind]: () => Promise<SetUp> } = {
    totp: () => this.withApp(async ({ secret }) => ({ code: codeOf(secret, currentStep() + 1) })),
    'recovery-code': () => this.withApp(async ({ recoveryCodes: [code] }) => ({ code })),
    email: async () => {
      const { email, enrol } = await this.somebody('healthcode');
      await enrol('email', {}, () => this.newestCode(email));
      return { email, answerTo: () => this.newestCode(email) };
    },
    sms: async () => {
      const { email, enrol } = await this.somebody('healthcode');
      // So far apart that no two stand in one range.
      const number = `+4474${String(this.numbers++ * 131).padStart(8, '0')}`;
      await enrol('sms', { number, country: 'GB' }, () => this.newestCode(number));
      return { email, answerTo: () => this.newestCode(number) };
    },
    webauthn: async () => {
      const { email, enrol } = await this.somebody('hipaatherapy');
      const browser = new SoftwareAuthenticator(this.origin);
      await enrol('webauthn', { name: 'Desk key' }, async (asked) => ({
        attestation: browser.create(publicKey.parse(asked['publicKey'])),
      }));
      return { email, answerTo: async (asked) => ({ assertion: browser.get(publicKey.parse(asked['publicKey'])) }) };
    },
  };

  private async withApp(
    answerTo: (held: { readonly secret: string; readonly recoveryCodes: readonly string[] }) => Promise<Body>,
  ): Promise<SetUp> {
    const { email, enrol } = await this.somebody('healthcode');
    let secret = '';
    const { recoveryCodes = [] } = await enrol('totp', {}, async (asked) => {
      secret = z.string().parse(asked['secret']);
      return { code: codeOf(secret, currentStep()) };
    });
    return { email, answerTo: () => answerTo({ secret, recoveryCodes }) };
  }

  private async somebody(preset: 'healthcode' | 'hipaatherapy') {
    const email = `${randomUUID()}@practice.example`;
    await openPractice(this.client, email, preset);
    const { token } = await signIn(this.client, email);
    const enrol = async (type: Kind, fields: Body, answerTo: (asked: Body) => Promise<Body>) => {
      const path = `/v1/me/factors/${type}/enrolments`;
      const body = { password, ...fields };
      const asked = startedReply.parse((await this.client.expect(201, { method: 'POST', path, token, body })).body);
      const answer = await answerTo(asked);
      const confirmation = { method: 'POST', path: `${path}/${asked.enrolmentId}/confirmation`, token } as const;
      return confirmedReply.parse((await this.client.expect(201, { ...confirmation, body: answer })).body);
    };
    return { email, enrol };
  }

  private async newestCode(to: string): Promise<Body> {
    const kept = await this.client.expect(200, { method: 'GET', path: '/dev/outbox.json' });
    const text = outboxReply
      .parse(kept.body)
      .find((message) => message.to === to && /\b\d{6}\b/.test(message.text))?.text;
    const code = /\b(\d{6})\b/.exec(text ?? '')?.[1];
    if (code === undefined) throw new Error(`${to} was sent no code`);
    return { code };
  }
}

/** Somebody new who has given the password and been asked for the method. */
async function ready(client: HttpClient, setUps: SetUps, type: Kind): Promise<Ready> {
  const { email, answerTo } = await setUps.of[type]();
  const { signInId, token, ...rest } = await signIn(client, email);
  const method = signInReply.parse(rest).next.methods.find((one) => one.type === type);
  const path = `/v1/sign-ins/${signInId}/challenges`;
  const body = { credentialId: method?.credentialId };
  const asked = issuedReply.parse((await client.expect(201, { method: 'POST', path, token, body })).body);
  return { path: `${path}/${asked.challengeId}/answer`, token, body: await answerTo(asked) };
}

/** Milliseconds of one answer, of people who have each never answered before, one at a time. */
const answers = (client: HttpClient, setUps: SetUps, type: Kind, count: number): Measurement => {
  return async () => {
    const took: number[] = [];
    for (let one = 0; one < count; one += 1) {
      const { path, token, body } = await ready(client, setUps, type);
      const began = performance.now();
      await client.expect(200, { method: 'POST', path, token, body });
      took.push(performance.now() - began);
    }
    return median(took);
  };
};

/** Milliseconds of the library alone over one assertion: no HTTP, no database, nothing recorded. */
async function libraryAlone(): Promise<Measurement> {
  const [origin, id] = ['http://localhost', 'localhost'];
  const browser = new SoftwareAuthenticator(origin, { counts: false });
  const challenge = Buffer.alloc(32, 7).toString('base64url');
  const ceremony = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: id };
  const created = browser.create({ challenge, rp: { id }, user: { id: Buffer.from('person').toString('base64url') } });
  const registered = await verifyRegistrationResponse({
    ...ceremony,
    response: { ...created, response: { ...created.response, transports: [] } },
  });
  const credential = registered.registrationInfo?.credential;
  if (!credential) throw new Error('the library refused the passkey');
  const response = browser.get({ challenge, rpId: id, allowCredentials: [{ id: credential.id }] });
  return async () => {
    const took: number[] = [];
    for (let one = 0; one < 100; one += 1) {
      const began = performance.now();
      const { verified } = await verifyAuthenticationResponse({ ...ceremony, response, credential });
      if (!verified) throw new Error('the library refused the assertion');
      took.push(performance.now() - began);
    }
    return median(took);
  };
}

/** An answer with each kind of method over HTTP; a passkey's beside what its library takes of it. */
export async function* factorTypes({ rounds, peopleOfEachKind }: Scale): AsyncGenerator<Result> {
  yield* withInstallation(async function* ({ client, installation }) {
    const setUps = new SetUps(client, installation.base);
    const library = await libraryAlone();
    for (const type of ['totp', 'recovery-code', 'email', 'sms', 'webauthn'] as const) {
      yield await compare({
        name: `an answer over HTTP, one at a time, ${type}`,
        unit: 'ms',
        better: 'less',
        rounds,
        ours: answers(client, setUps, type, peopleOfEachKind),
        ...(type === 'webauthn' ? { floor: library } : {}),
      });
    }
  });
}
