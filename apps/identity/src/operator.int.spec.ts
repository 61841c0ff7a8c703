import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextOf, nothingHeld, password, startIdentity, theAppHeld } from './identity.fixture';
import { runOperatorCommand } from './operator';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity('operator')));
beforeEach(() => (installation.holdings.now = nothingHeld));
afterAll(() => installation.stop());

async function operator(words: readonly string[], environment: Record<string, string> = installation.environment) {
  const said: string[] = [];
  const code = await runOperatorCommand(words, environment, (line) => said.push(line));
  return { code, said: said.join('\n'), password: /^ {2}(\S+)$/m.exec(said.join('\n'))?.[1] ?? null };
}

/** For `toMatchObject`: what Jest types as any. */
const saying = (words: string | RegExp) =>
  (typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words)) as string;

/** A new operator, and the password that the command showed. */
async function anOperator(email: string) {
  const shown = (await operator([email])).password;
  if (shown === null) throw new Error('no password was shown');
  return { email, password: shown };
}

const signIn = (who: { email: string; password: string }) =>
  installation.identity.startSignIn({ email: who.email, password: who.password }, contextOf());

/** The session of a sign-in that is finished with the app: one that rests on two factors. */
async function provenWithTheApp({ signInId, token }: { signInId: string; token: string }) {
  const [started] = (await installation.facts()).filter(({ stream }) => stream === `sign-in-${signInId}`);
  const personId = started?.envelope.actor.id ?? '';
  installation.holdings.now = theAppHeld;
  const authority = { kind: 'sign-in', id: signInId } as const;
  const proof = await installation.proofBy('challenge', { authority, personId });
  const finished = await installation.identity.acceptProof({ token, proof }, contextOf());
  return { personId, token: finished.token ?? '' };
}

const signedIn = async (who: { email: string; password: string }) => provenWithTheApp(await signIn(who));

let practices = 0;
const create = (token: string | null, key: string | null = null, email = `manager-${++practices}@practice.example`) => {
  const manager = { name: 'Dr Amara Okafor', email, password };
  const request = { token, name: 'High Street', preset: 'healthcode' as const, manager };
  return installation.identity.createOrganisation(request, contextOf({ idempotencyKey: key }));
};

describe('npm run operator', () => {
  it('registers someone new without a practice, and shows a strong password that signs in', async () => {
    const { code, said, password: shown } = await operator(['new@host.example']);
    expect({ code, said }).toMatchObject({ code: 0, said: saying(/^new@host\.example is an operator/) });
    // 144 random bits.
    expect(shown).toMatch(/^[\w-]{24}$/);
    const { next } = await signIn({ email: 'new@host.example', password: shown ?? '' });
    expect(next).toEqual({ step: 'set-up', allowed: ['totp'], missing: ['default'] });
  });

  it('records it in the installation’s own log, done by an operator (I6)', async () => {
    const { email } = await anOperator('recorded@host.example');
    const [registered, appointed] = (await installation.facts()).slice(-2);
    expect([registered?.type, appointed?.type]).toEqual(['person.registered', 'operator.appointed']);
    expect(appointed?.stream).toBe(registered?.stream);
    expect(appointed?.envelope).toMatchObject({
      organisationIds: ['installation'],
      actor: { kind: 'operator', id: 'command-line' },
      subject: { kind: 'person' },
      policyVersion: 1,
    });
    expect(JSON.stringify(registered)).not.toContain(email.split('@')[0]);
  });

  it('says so the second time, whatever the capitals, and changes nothing', async () => {
    const { password: first } = await anOperator('twice@host.example');
    const before = await installation.facts();
    const again = await operator([' Twice@HOST.example ']);
    expect(again).toEqual({
      code: 0,
      said: 'Twice@HOST.example is an operator already. Nothing has changed.',
      password: null,
    });
    expect(await installation.facts()).toEqual(before);
    await expect(signIn({ email: 'twice@host.example', password: first })).resolves.toBeDefined();
  });

  it('shows one password to parallel commands for one address (I2)', async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => operator(['parallel@host.example'])));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(runs.filter((run) => run.password !== null)).toHaveLength(1);
    const appointed = (await installation.facts()).filter(({ type }) => type === 'operator.appointed').length;
    const operators = await installation.database.query<{ person_id: string }>('SELECT person_id FROM operators');
    expect(operators).toHaveLength(appointed);
    const shown = runs.find((run) => run.password !== null)?.password ?? '';
    await expect(signIn({ email: 'parallel@host.example', password: shown })).resolves.toBeDefined();
  });

  it('appoints someone of a practice, who keeps their password and needs a second factor from then on', async () => {
    const email = 'appointed@practice.example';
    await create((await signedIn(await anOperator('creator@host.example'))).token, null, email);
    installation.holdings.now = nothingHeld;
    expect((await signIn({ email, password })).next).toEqual({ step: 'completed' });
    expect(await operator([email])).toMatchObject({ code: 0, said: saying(email), password: null });
    expect((await signIn({ email, password })).next).toEqual({
      step: 'set-up',
      allowed: ['totp'],
      missing: ['default'],
    });
  });

  it.each([
    [[]],
    [['one@host.example', 'two@host.example']],
    [['host.example']],
    [['@host.example']],
    [['a b@host.example']],
    [['new\u0000@host.example']],
    [[`${'a'.repeat(250)}@host.example`]],
  ])('refuses %j with a sentence, and writes nothing', async (words) => {
    const before = await installation.facts();
    const { code, said } = await operator(words);
    expect(code).toBe(1);
    expect(said).toContain('npm run operator -- EMAIL');
    expect(await installation.facts()).toEqual(before);
  });

  it('I4 leaves neither address nor password in identity’s database', async () => {
    const { password: shown } = await anOperator('canary-operator@host.example');
    const tables = await installation.database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const rows = await installation.database.query<{ whole: string }>(`SELECT t::text AS whole FROM ${name} t`);
      expect(rows.map(({ whole }) => whole).join('\n')).not.toMatch(new RegExp(`canary-operator|${shown}`));
    }
  });

  it('finds the installation that runs on this machine by its folder', async () => {
    const { DATABASE_URL, VAULT_DATABASE_URL, COFACTOR_VAULT_KEYS } = installation.environment;
    const home = await mkdtemp(join(tmpdir(), 'cofactor-home-'));
    try {
      const nobody = await operator(['home@host.example'], { COFACTOR_HOME: home });
      expect(nobody).toMatchObject({ code: 1, said: saying(`Cofactor is not running in ${home}`) });
      await Promise.all([mkdir(join(home, 'run')), mkdir(join(home, 'keys'))]);
      await copyFile(COFACTOR_VAULT_KEYS, join(home, 'keys/master.json'));
      const databases = { identity: { url: DATABASE_URL, vaultUrl: VAULT_DATABASE_URL, ownerUrl: '' }, audit: {} };
      await writeFile(join(home, 'run/databases.json'), JSON.stringify(databases));
      expect(await operator(['home@host.example'], { COFACTOR_HOME: home })).toMatchObject({ code: 0 });
    } finally {
      await rm(home, { recursive: true });
    }
  });

  it('says in a sentence what is missing or cannot be reached, and never an address with its password', async () => {
    const { DATABASE_URL, ...rest } = installation.environment;
    const without = await operator(['x@host.example'], rest);
    expect(without).toMatchObject({ code: 1, said: saying(/^DATABASE_URL: is missing/) });
    const elsewhere = { ...rest, DATABASE_URL: DATABASE_URL.replace(/:\d+\//, ':1/') };
    const unreachable = await operator(['x@host.example'], elsewhere);
    expect(unreachable).toMatchObject({ code: 1, said: saying(/^The database of identity cannot/) });
    expect(unreachable.said).not.toContain(new URL(DATABASE_URL).password);
    const unmigrated = await operator(['x@host.example'], { ...rest, DATABASE_URL: rest.VAULT_DATABASE_URL });
    expect(unmigrated).toMatchObject({ code: 1, said: saying('npm run migrate -- identity') });
  });
});

describe('creating a practice where the operator alone may', () => {
  it('is done by an operator with two factors, whose doing it is in the log', async () => {
    const { personId, token } = await signedIn(await anOperator('first@host.example'));
    const created = await create(token);
    const facts = (await installation.facts()).filter(({ envelope }) =>
      envelope.organisationIds.includes(created.organisationId),
    );
    expect(facts.map(({ type }) => type)).toEqual([
      'organisation.created',
      'person.registered',
      'person.joined-organisation',
    ]);
    for (const { envelope } of facts) expect(envelope.actor).toEqual({ kind: 'operator', id: personId });
  });

  it('§6.10 answers the same key of the same session with the same practice', async () => {
    const { token } = await signedIn(await anOperator('again@host.example'));
    const email = 'again-manager@practice.example';
    const first = await create(token, 'key-1', email);
    expect(await create(token, 'key-1', email)).toEqual(first);
    const other = await signedIn(await anOperator('another@host.example'));
    await expect(create(other.token, 'key-1', email)).rejects.toMatchObject({ code: 'email-taken' });
  });

  it('is closed to everyone else: without a token, and to managers, however strongly they signed in', async () => {
    await expect(create(null)).rejects.toMatchObject({ code: 'registration-closed' });
    const email = 'everyone-else@practice.example';
    await create((await signedIn(await anOperator('second@host.example'))).token, null, email);
    installation.holdings.now = nothingHeld;
    const byPassword = await signIn({ email, password });
    await expect(create(byPassword.token)).rejects.toMatchObject({ code: 'registration-closed' });
    installation.holdings.now = theAppHeld;
    const unfinished = await signIn({ email, password });
    await expect(create(unfinished.token)).rejects.toMatchObject({ code: 'registration-closed' });
    const manager = await provenWithTheApp(unfinished);
    await expect(create(manager.token)).rejects.toMatchObject({ code: 'registration-closed' });
  });

  it('is closed to dead tokens, with the word that they are dead', async () => {
    const { token } = await signedIn(await anOperator('third@host.example'));
    await installation.identity.endSession({ token, sessionId: null }, contextOf());
    for (const dead of [token, '', 'cfs_nobody']) {
      await expect(create(dead)).rejects.toMatchObject({ code: 'not-signed-in' });
    }
  });

  it('needs the operator’s second factor: neither an unfinished sign-in nor a password alone will do', async () => {
    const before = await signIn(await anOperator('fourth@host.example'));
    await expect(create(before.token)).rejects.toMatchObject({ code: 'set-up-required' });
    installation.holdings.now = theAppHeld;
    await expect(create(before.token)).rejects.toMatchObject({ code: 'second-factor-required' });
  });

  it('needs it of a session too that was opened before its person was appointed', async () => {
    const email = 'late@practice.example';
    await create((await signedIn(await anOperator('fifth@host.example'))).token, null, email);
    installation.holdings.now = nothingHeld;
    const { token } = await signIn({ email, password });
    await operator([email]);
    await expect(create(token)).rejects.toMatchObject({ code: 'set-up-required' });
    installation.holdings.now = theAppHeld;
    await expect(create(token)).rejects.toMatchObject({ code: 'second-factor-required' });
  });
});
