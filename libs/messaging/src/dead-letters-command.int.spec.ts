import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, migrate } from '@cofactor/event-store';
import { startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { runDeadLettersCommand } from './dead-letters-command';
import { relayMigrations } from './kafka/relay-migrations';
import { messagingMigrations } from './migrations';

jest.setTimeout(30_000);

describe('npm run dead-letters', () => {
  let postgres: TestPostgres;
  let database: Database;
  let home: string;

  const run = async (...words: string[]): Promise<{ code: 0 | 1; said: string[] }> => {
    const said: string[] = [];
    const code = await runDeadLettersCommand(words, { home }, (line) => said.push(line));
    return { code, said };
  };
  const announce = async (databases: unknown): Promise<void> => {
    await mkdir(join(home, 'run'), { recursive: true });
    await writeFile(join(home, 'run', 'databases.json'), JSON.stringify(databases));
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
  }, 60_000);
  afterAll(() => postgres.stop(), 60_000);
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'cofactor-home-'));
    const [audit, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
    const { username: applicationRole } = new URL(audit.url);
    await migrate({ name: audit.name, ownerUrl: audit.url, migrations: messagingMigrations, applicationRole });
    database = await Database.open({ name: audit.name, url: audit.url, poolSize: 1 });
    await announce({ audit: { url: audit.url }, challenge: { url: other.url } });
  });
  afterEach(async () => {
    await database.close();
    await rm(home, { recursive: true });
  });

  const putAside = (version: number, state: string): Promise<unknown[]> =>
    database.query(
      `INSERT INTO dead_letters (consumer, source, stream, version, fact, state, attempts, error_name, error_message)
       VALUES ('audit', 'challenge', 'credential-x', $1, '{"type": "challenge.passed"}', $2, 8, 'TypeError', 'no')`,
      [version, state],
    );

  it('lists what is put aside, and says so when nothing is', async () => {
    expect(await run('list')).toEqual({ code: 0, said: ['No fact is put aside.'] });
    await putAside(3, 'dead');
    await putAside(4, 'waiting');
    expect(await run('list')).toEqual({
      code: 0,
      said: [
        'audit:1  dead  challenge.passed of challenge, credential-x@3  failed 8 times: TypeError: no',
        'audit:2  waiting  challenge.passed of challenge, credential-x@4  behind an earlier fact of its stream',
      ],
    });
  });

  const passOver = (offset: number): Promise<unknown[]> =>
    database.query(
      `INSERT INTO unreadable_messages
         (consumer, source, log, position, topic, partition, message_offset, size, state, attempts, error)
       VALUES ('audit', 'challenge', 'challenge/2', $1 + 1, 'cofactor.challenge', 2, $1, 17, 'dead', 1, 'no JSON')`,
      [offset],
    );

  it('lists messages that could not be read, has one read again, and discards one with a reason', async () => {
    await passOver(7);
    await passOver(9);
    await database.query(
      `INSERT INTO consumer_offsets (consumer, source, position, furthest) VALUES ('audit', 'challenge/2', 30, 30)`,
    );
    expect((await run('list')).said).toEqual([
      'audit:m1  dead  message of challenge, cofactor.challenge partition 2 offset 7  17 bytes: no JSON',
      'audit:m2  dead  message of challenge, cofactor.challenge partition 2 offset 9  17 bytes: no JSON',
    ]);
    expect(await run('retry', 'audit:m1')).toEqual({ code: 0, said: ['audit:m1 is tried again now.'] });
    expect(await database.query('SELECT position FROM consumer_offsets')).toEqual([{ position: 7 }]);
    expect(await run('discard', 'audit:m2')).toEqual({ code: 1, said: ['say why it is discarded'] });
    expect(await run('discard', 'audit:m2', '--reason', 'sent by hand')).toMatchObject({ code: 0 });
    expect((await run('retry', 'audit:m2')).said[0]).toContain('already discarded');
    const { said } = await run('list');
    expect(said[0]).toContain('read again');
    expect(said[1]).toContain('given up: sent by hand');
  });

  it('lists what a relay holds back, beside a service without a relay', async () => {
    const { name, url } = await postgres.createDatabase();
    const { username: applicationRole } = new URL(url);
    await migrate({ name, ownerUrl: url, migrations: relayMigrations, applicationRole });
    const relaying = await Database.open({ name, url, poolSize: 1 });
    await relaying.query(
      `INSERT INTO relay_held (topic, position, stream, next_attempt_at)
       VALUES ('cofactor.challenge', 12, 'credential-x', '2030-01-02T03:04:05Z'),
         ('cofactor.challenge', 14, 'credential-x', '2030-01-02T03:04:05Z')`,
    );
    await relaying.close();
    const { name: audit } = (await database.query<{ name: string }>('SELECT current_database() AS name'))[0] ?? {
      name: '',
    };
    await announce({ audit: { url: postgres.superuserUrl(audit) }, challenge: { url } });
    await putAside(3, 'dead');
    expect((await run('list')).said).toEqual([
      expect.stringContaining('audit:1  dead'),
      'challenge  held  fact of credential-x at position 12, not yet in cofactor.challenge  ' +
        'too large for Kafka until the topic allows larger messages (max.message.bytes), next try 2030-01-02T03:04:05Z',
      'challenge  waiting  fact of credential-x at position 14, not yet in cofactor.challenge  ' +
        'behind an earlier fact of its stream',
    ]);
  });

  it('takes one database by its URL, called by its name', async () => {
    await putAside(3, 'dead');
    const { name } = (await database.query<{ name: string }>('SELECT current_database() AS name'))[0] ?? { name: '' };
    const at = async (databaseUrl: string, ...words: string[]): Promise<string[]> => {
      const said: string[] = [];
      await runDeadLettersCommand(words, { databaseUrl }, (line) => said.push(line));
      return said;
    };
    const url = postgres.superuserUrl(name);
    expect((await at(url, 'list'))[0]).toContain(`${name}:1  dead`);
    expect(await at(url, 'retry', `${name}:1`)).toEqual([`${name}:1 is tried again now.`]);
    expect(await at('nowhere', 'list')).toEqual([expect.stringContaining('DATABASE_URL is no')]);
  });

  it('has one tried again', async () => {
    await putAside(3, 'dead');
    expect(await run('retry', 'audit:1')).toEqual({ code: 0, said: ['audit:1 is tried again now.'] });
    expect((await run('list')).said[0]).toContain('retrying');
  });

  it('discards one with a reason only, and releases the next', async () => {
    await putAside(3, 'dead');
    await putAside(4, 'waiting');
    expect(await run('discard', 'audit:1')).toEqual({ code: 1, said: ['say why it is discarded'] });
    expect((await run('discard', 'audit:2', '--reason', 'x')).said[0]).toContain('waits behind an earlier one');
    expect((await run('discard', 'audit:1', '--reason', 'made by a faulty release')).code).toBe(0);
    const { said } = await run('list');
    expect(said[0]).toContain('given up: made by a faulty release');
    expect(said[1]).toContain('audit:2  retrying');
  });

  it('explains itself when it cannot do that', async () => {
    for (const words of [[], ['lists'], ['retry', 'audit:1', 'audit:2'], ['list', '--all']]) {
      const { code, said } = await run(...words);
      expect(code).toBe(1);
      expect(said[0]).toContain('npm run dead-letters -- list');
    }
    for (const id of ['', '1', 'gateway:1', 'audit:x']) expect((await run('retry', id)).said[0]).toContain('is no ID');
    expect((await run('retry', 'audit:77')).said).toEqual(['there is no dead letter 77']);
    await announce({ audit: { url: 'postgres://nobody:secret@127.0.0.1:1/audit' } });
    const refused = await run('list');
    expect(refused.said[0]).toBe('The database of audit cannot be reached. Is Cofactor running?');
    await rm(join(home, 'run'), { recursive: true });
    expect((await run('list')).said[0]).toContain('Start it with npm start');
  });
});
