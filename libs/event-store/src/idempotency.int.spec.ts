import type { CallContext } from '@cofactor/contracts';
import { Database } from './database';
import { startTestPostgres } from '@cofactor/testkit';
import { idempotencyMigrations, IdempotencyKeys, type KeyedRequest, type Outcome } from './idempotency';
import { migrate } from './migrate';

const context = (idempotencyKey: string | null, ip = '192.0.2.1'): CallContext => ({
  requestId: 'request-1',
  traceparent: null,
  source: { ip, userAgent: null },
  idempotencyKey,
});
const fingerprint = (purpose: string, text: string) => Buffer.from(`${purpose}|${text}`).toString('base64url');

describe('§6.10 Idempotency-Key', () => {
  let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
  let database: Database;
  let keys: IdempotencyKeys;
  let runs = 0;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const { url } = await postgres.createDatabase();
    const applicationRole = 'application';
    const owner = await Database.open({ name: 'owner', url, poolSize: 1 });
    await owner.query(`CREATE ROLE ${applicationRole}`);
    await owner.close();
    await migrate({ name: 'idempotency', ownerUrl: url, migrations: idempotencyMigrations, applicationRole });
    database = await Database.open({ name: 'idempotency', url, poolSize: 4 });
    keys = new IdempotencyKeys(database, fingerprint);
  });
  afterAll(async () => {
    await database.close();
    await postgres.stop();
  });
  beforeEach(() => (runs = 0));

  const request = (key: string | null, body: unknown, scope = 'session-1'): KeyedRequest => ({
    context: context(key),
    scope,
    operation: 'create',
    body,
  });

  /** Work that commits its outcome as an append would: the side rows in one transaction. */
  const run = (asked: KeyedRequest, outcome: Outcome) =>
    keys.once(asked, async (remember) => {
      runs += 1;
      await database.transaction(async (transaction) => {
        for (const { sql, parameters } of remember(outcome)) await transaction.query(sql, parameters);
      });
      return `run ${runs}`;
    });
  const kept: Outcome = { kind: 'reply', reply: 'run 1' };

  it('answers the same key and body with the same reply, and runs once', async () => {
    expect(await run(request('key-1', { a: 1 }), kept)).toBe('run 1');
    expect(await run(request('key-1', { a: 1 }), kept)).toBe('run 1');
    expect(runs).toBe(1);
  });

  it('refuses another body with that key; another scope has keys of its own', async () => {
    await run(request('key-2', { a: 1 }), kept);
    await expect(run(request('key-2', { a: 2 }), kept)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    await run(request('key-2', { a: 2 }, 'session-2'), kept);
    expect(runs).toBe(2);
  });

  it('keeps no reply that held a secret', async () => {
    await run(request('key-3', {}), { kind: 'secret' });
    await expect(run(request('key-3', {}), { kind: 'secret' })).rejects.toMatchObject({ code: 'already-done' });
  });

  it('answers a refusal again with its extras, so that a retry is no second guess', async () => {
    const outcome: Outcome = { kind: 'problem', code: 'too-many-attempts', extras: { retryAfter: 4 } };
    await run(request('key-4', {}), outcome);
    await expect(run(request('key-4', {}), outcome)).rejects.toMatchObject({
      code: 'too-many-attempts',
      extras: { retryAfter: 4 },
    });
  });

  it('of two at the same moment commits one, and gives both its reply', async () => {
    let bothAreIn = (): void => undefined;
    const meeting = new Promise<void>((resolve) => (bothAreIn = resolve));
    const work = (reply: string) =>
      keys.once(request('key-5', {}), async (remember) => {
        runs += 1;
        if (runs === 2) bothAreIn();
        await meeting;
        for (const { sql, parameters } of remember({ kind: 'reply', reply })) await database.query(sql, parameters);
        return reply;
      });
    const [one, other] = await Promise.all([work('one'), work('other')]);
    expect(one).toBe(other);
    expect(await database.query(`SELECT 1 FROM idempotency_keys WHERE key = 'key-5'`)).toHaveLength(1);
  });

  it('runs each time without a key', async () => {
    await run(request(null, {}), kept);
    await run(request(null, {}), kept);
    expect(runs).toBe(2);
  });

  it('forgets after 24 h', async () => {
    await run(request('key-6', {}), kept);
    await database.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'key-6'`);
    await run(request('key-6', { another: 'body' }), kept);
    expect(runs).toBe(2);
  });

  it('I4 stores neither the body nor where it came from', async () => {
    const hashing = new IdempotencyKeys(database, () => 'hashed');
    const asked = {
      ...request('key-7', { password: 'canary' }),
      scope: hashing.sourceScope(context('key-7', '198.51.100.7')),
    };
    await hashing.once(asked, async (remember) => {
      for (const { sql, parameters } of remember({ kind: 'secret' })) await database.query(sql, parameters);
    });
    const [row] = await database.query<{ whole: string }>(
      `SELECT idempotency_keys::text AS whole FROM idempotency_keys WHERE key = 'key-7'`,
    );
    expect(row?.whole).not.toMatch(/canary|198\.51/);
  });
});
