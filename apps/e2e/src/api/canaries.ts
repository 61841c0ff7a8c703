import { publicApi } from '@cofactor/contracts';
import { eventually, totpCode } from '@cofactor/testkit';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Installation } from '../installation';
import { answer, challenge, enrolApp, newPractice, offered, startApp, startSignIn, type Manager } from './practice';
import { Program, type Reply } from './program';

/** Values that occur nowhere by chance. */
export const typed = {
  password: 'zq7-canary-password-Wren',
  wrongPassword: 'zq7-canary-mistyped-Wren',
  email: 'canaryzq7wren@practice.example',
  unknownEmail: 'canaryzq7nobody@practice.example',
  name: 'Canaryzq7 Wrenfield',
  userAgent: 'CanaryZq7Agent/1.0',
  wrongCode: 'ZQ7CANARYCODE',
  otherHeader: 'zq7-canary-header',
};

/** Everything secret that was typed, shown or handed out. */
export const secrets = new Set<string>(Object.values(typed));
/** Codes of the app: six digits, which do occur by chance inside other numbers. */
export const codes = new Set<string>();
export const refusals: Reply[] = [];

/** Collects what it sees: refusals, and the secrets in successes. */
export class Recorder extends Program {
  override async send(...[method, path, sent = {}]: Parameters<Program['send']>): Promise<Reply> {
    const headers = { 'user-agent': typed.userAgent, 'x-forwarded-for': '203.0.113.77', 'x-canary': typed.otherHeader };
    const reply = await super.send(method, path, { ...sent, headers: { ...headers, ...sent.headers } });
    if (reply.status >= 400) refusals.push(reply);
    else this.#remember(reply);
    return reply;
  }

  #remember(reply: Reply): void {
    if (!reply.headers.get('content-type')?.includes('application/json')) return;
    const body = JSON.parse(reply.text) as { token?: string; secret?: string; uri?: string; recoveryCodes?: unknown };
    for (const secret of [body.token, body.secret, body.uri]) if (secret !== undefined) secrets.add(secret);
    if (Array.isArray(body.recoveryCodes)) for (const code of body.recoveryCodes) secrets.add(String(code));
  }
}

/** The main story with refusals and errors of every kind, at the most talkative level of the log. */
export async function liveThrough(program: Program): Promise<{ manager: Manager; token: string }> {
  const { email, name, password } = typed;
  const practice = newPractice('healthcode', email, password);
  const body = { ...practice, manager: { ...practice.manager, name } };
  const key = { headers: { 'idempotency-key': 'the-only-key' } };
  const created = (await program.post('/v1/organisations', body, key)).as(publicApi.createOrganisation);
  await program.post('/v1/organisations', body, key);
  await program.post('/v1/organisations', body);
  const manager: Manager = { ...created, email, password };
  await program.post('/v1/sign-ins', { email, password: typed.wrongPassword });
  await program.post('/v1/sign-ins', { email: typed.unknownEmail, password: typed.wrongPassword });
  await program.post('/v1/sign-ins', { email, password, code: typed.wrongCode });
  await program.post('/v1/sign-ins', { email: 7, password });
  await program.post('/v1/sign-ins', { email, password: password.repeat(100) });
  await program.post('/v1/organisations', { ...body, manager: { ...body.manager, email: typed.wrongPassword } });
  await program.post('/v1/sign-ins', `{"email":"${email}","password":"${password}"`);

  const first = await startSignIn(program, manager);
  const pending = await startApp(program, first.token, password);
  await program.post(pending.path, { code: typed.wrongCode }, { token: first.token });
  const enrolled = await enrolAppWith(program, first.token);
  const { app, recoveryCodes } = enrolled;
  const signIn = await startSignIn(program, manager);
  await answer(program, signIn, 'totp', typed.wrongCode);
  const wrong = app.wrongCode();
  codes.add(wrong);
  await answer(program, signIn, 'totp', wrong);
  const code = await app.freshCode();
  codes.add(code);
  await answer(program, signIn, 'totp', code);
  const again = await startSignIn(program, manager);
  await answer(program, again, 'totp', code);
  await answer(program, again, 'recovery-code', typed.wrongCode);
  const done = (await answer(program, again, 'recovery-code', recoveryCodes[0] ?? '')).as(publicApi.answerChallenge);
  const token = done.token ?? '';
  await answer(program, await startSignIn(program, manager), 'recovery-code', recoveryCodes[0] ?? '');
  await program.post('/v1/me/recovery-codes', { password: typed.wrongPassword }, { token });
  await program.post('/v1/me/recovery-codes', { password }, { token });
  await program.get('/v1/me', token);
  await program.get(`/v1/organisations/${created.organisationId}/people`, token);
  await program.get('/v1/session', `${token}x`);
  const second = await enrolAppWith(program, token);
  await program.send('DELETE', `/v1/me/factors/${second.credentialId}`, { token, body: { password } });
  const waiting = await startSignIn(program, manager);
  await challenge(program, waiting, offered(waiting, 'totp'));
  await rememberLinks(program);
  return { manager, token };
}

const linkOfMessage = /\/not-me#([\w-]+\.([\w-]{43}))/g;

/** The links in the messages to the person are secrets too: of one that was refused, and of those that nobody used. */
async function rememberLinks(program: Program): Promise<void> {
  const text = await eventually(
    async () => (await fetch(`${program.url}/dev/outbox.json`)).text(),
    (outbox) => new Set(outbox.match(linkOfMessage)).size > 2,
    50_000,
  );
  const links = [...text.matchAll(linkOfMessage)];
  for (const [, , secret = ''] of links) secrets.add(secret);
  await program.post('/v1/not-me', { link: `${links[0]?.[1] ?? ''}x` });
}

const keysSchema = z.record(z.string(), z.unknown());

/** The passwords of the databases and the private keys of an installation are secrets as well. */
export function rememberKeysOf({ home }: Installation): void {
  const read = (name: string) => keysSchema.parse(JSON.parse(readFileSync(join(home, 'keys', name), 'utf8')));
  for (const password of Object.values(read('databases.json'))) secrets.add(String(password));
  for (const key of Object.values(read('signing.json'))) secrets.add(keySchema.parse(key).d);
}
const keySchema = z.looseObject({ d: z.string() });

async function enrolAppWith(program: Program, token: string) {
  const enrolled = await enrolApp(program, token, typed.password);
  const step = Math.floor(Date.now() / 30_000);
  for (const near of [-2, -1, 0, 1, 2]) codes.add(totpCode(enrolled.app.secret, (step + near) * 30_000));
  return enrolled;
}

/** A secret as it could stand somewhere: as it is, without its dashes, in other letters, or encoded. */
export function spellings(secret: string): readonly string[] {
  const bare = secret.replaceAll(/[\s-]/g, '');
  const bytes = Buffer.from(secret);
  const plain = [secret, bare, secret.toLowerCase(), bare.toLowerCase(), secret.toUpperCase(), bare.toUpperCase()];
  const encoded = [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  return [...new Set([...plain, ...encoded, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])];
}

/** The secrets that stand in a text; none, if all is well. */
export function foundIn(text: string, except: readonly string[] = []): readonly string[] {
  const words = [...secrets].filter((secret) => !except.includes(secret));
  const found = words.filter((secret) => spellings(secret).some((spelling) => text.includes(spelling)));
  const digits = [...codes].filter((code) => new RegExp(`(?<![\\w.-])${code}(?![\\w.-])`).test(text));
  const signed = /eyJ[\w-]{20,}\.eyJ/.test(text) ? ['a signed statement or proof'] : [];
  return [...found, ...digits, ...signed];
}

export function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}

/** RFC 4648 §6. */
export function base32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
