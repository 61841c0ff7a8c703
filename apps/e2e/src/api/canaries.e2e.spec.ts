import { publicApi } from '@cofactor/contracts';
import { eventually, totpCode } from '@cofactor/testkit';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../installation';
import { Databases, databaseNames } from './databases';
import { answer, enrolApp, newPractice, startApp, startSignIn, type Manager } from './practice';
import { Program, type Reply } from './program';

/** Values that occur nowhere by chance. */
const typed = {
  password: 'zq7-canary-password-Wren',
  wrongPassword: 'zq7-canary-mistyped-Wren',
  email: 'canaryzq7wren@practice.example',
  unknownEmail: 'canaryzq7nobody@practice.example',
  name: 'Canaryzq7 Wrenfield',
  userAgent: 'CanaryZq7Agent/1.0',
  wrongCode: 'ZQ7CANARYCODE',
  otherHeader: 'zq7-canary-header',
};

let installation: Installation;
let databases: Databases;
/** Everything secret that was typed, shown or handed out. */
const secrets = new Set<string>(Object.values(typed));
/** Codes of the app: six digits, which do occur by chance inside other numbers. */
const codes = new Set<string>();
const refusals: Reply[] = [];
let auditReply: string;
let metrics: string;

/** Collects what it sees: refusals, and the secrets in successes. */
class Recorder extends Program {
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
async function liveThrough(program: Program): Promise<{ manager: Manager; token: string }> {
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
  return { manager, token };
}

async function enrolAppWith(program: Program, token: string) {
  const enrolled = await enrolApp(program, token, typed.password);
  const step = Math.floor(Date.now() / 30_000);
  for (const near of [-2, -1, 0, 1, 2]) codes.add(totpCode(enrolled.app.secret, (step + near) * 30_000));
  return enrolled;
}

/** The same while PostgreSQL is away: errors are where secrets like to stand. */
async function liveThroughAnOutage(program: Program, manager: Manager): Promise<void> {
  const lock = join(installation.home, 'postgresql-18/postmaster.pid');
  process.kill(Number(readFileSync(lock, 'utf8').split('\n')[0]), 'SIGKILL');
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0
        ? program.post('/v1/sign-ins', { email: manager.email, password: manager.password })
        : program.post('/v1/organisations', newPractice('healthcode', typed.unknownEmail, typed.password)),
    ),
  );
  await eventually(
    () => installation.isReady(),
    (ready) => ready,
    20_000,
  );
}

beforeAll(async () => {
  installation = await Installation.start({ environment: { COFACTOR_LOG_LEVEL: 'debug' } });
  const program = new Recorder(installation.url);
  const { manager, token } = await liveThrough(program);
  await liveThroughAnOutage(program, manager);
  databases = await Databases.open(installation);
  await databases.settled();
  auditReply = (await program.get(`/v1/organisations/${manager.organisationId}/audit/records?limit=500`, token)).text;
  metrics = (await program.send('GET', '/metrics')).text;
}, 120_000);
afterAll(async () => {
  await installation.remove();
  await databases.close();
});

/** A secret as it could stand somewhere: as it is, without its dashes, in other letters, or encoded. */
function spellings(secret: string): readonly string[] {
  const bare = secret.replaceAll(/[\s-]/g, '');
  const bytes = Buffer.from(secret);
  const plain = [secret, bare, secret.toLowerCase(), bare.toLowerCase(), secret.toUpperCase(), bare.toUpperCase()];
  const encoded = [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  return [...new Set([...plain, ...encoded, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])];
}

/** The secrets that stand in a text; none, if all is well. */
function foundIn(text: string, except: readonly string[] = []): readonly string[] {
  const words = [...secrets].filter((secret) => !except.includes(secret));
  const found = words.filter((secret) => spellings(secret).some((spelling) => text.includes(spelling)));
  const digits = [...codes].filter((code) => new RegExp(`(?<![\\w.-])${code}(?![\\w.-])`).test(text));
  const signed = /eyJ[\w-]{20,}\.eyJ/.test(text) ? ['a signed statement or proof'] : [];
  return [...found, ...digits, ...signed];
}

describe('I4 no secret and nothing personal stands', () => {
  it('in what was searched for: the story left all kinds of it', () => {
    expect([...secrets].filter((secret) => secret.startsWith('cfs_')).length).toBeGreaterThan(2);
    expect([...secrets].filter((secret) => secret.startsWith('cfi_')).length).toBeGreaterThan(2);
    expect([...secrets].filter((secret) => secret.startsWith('otpauth:'))).toHaveLength(3);
    expect(secrets.size).toBeGreaterThan(35);
    expect(codes.size).toBeGreaterThan(5);
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([400, 401, 409, 503]));
  });

  it.each(databaseNames)('in any table of the database %s', async (database) => {
    for (const table of await databases.tables(database)) {
      const rows = await databases.rows<{ row: string }>(database, `SELECT t::text AS row FROM ${table} t`);
      expect([table, foundIn(rows.map(({ row }) => row).join('\n'))]).toEqual([table, []]);
    }
  });

  it('in the log, at its most talkative', () => {
    expect(installation.output.split('\n').filter((line) => line.includes('"level":20')).length).toBeGreaterThan(10);
    expect(installation.output).toContain('operation failed');
    expect(foundIn(installation.output)).toEqual([]);
  });

  it('in the body of any refusal', () => {
    for (const reply of refusals) expect([reply.outcome, foundIn(reply.text)]).toEqual([reply.outcome, []]);
  });

  it('in the audit, which shows the device to the manager and nothing else', () => {
    expect(auditReply).toContain(typed.userAgent);
    expect(foundIn(auditReply, [typed.userAgent])).toEqual([]);
  });

  it('in the metrics', () => {
    expect(metrics).toContain('cofactor_operation_duration_seconds');
    expect(foundIn(metrics)).toEqual([]);
  });

  it('in any file of the data folder, the raw pages and the write-ahead log among them', async () => {
    await databases.close();
    await installation.stop();
    const files = filesUnder(installation.home).filter((path) => !path.startsWith(join(installation.home, 'keys')));
    expect(files.some((path) => path.includes('/pg_wal/'))).toBe(true);
    const wanted = [...secrets].flatMap((secret) => [...new Set([secret, ...spellings(secret)])]);
    const seeds = [...secrets].filter((secret) => /^[A-Z2-7]{32,}$/.test(secret)).map(base32);
    expect(seeds.length).toBeGreaterThan(1);
    for (const path of files) {
      const bytes = readFileSync(path);
      const found = [...wanted.filter((text) => bytes.includes(text)), ...seeds.filter((seed) => bytes.includes(seed))];
      expect([path, found]).toEqual([path, []]);
    }
  }, 60_000);
});

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}

/** RFC 4648 §6. */
function base32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
