import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Installation } from '../installation';
import { Program } from '../api/program';

describe('a start that is refused', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await Installation.prepare();
  });
  afterAll(() => installation.remove());

  /** One sentence for the person at the terminal: no stack, no second line. */
  const refusal = async (environment: Readonly<Record<string, string>>): Promise<string> => {
    const { code, said } = await installation.startAndEnd(environment);
    expect({ code, lines: said.trimEnd().split('\n') }).toEqual({ code: 1, lines: [expect.stringMatching(/^.+[.]$/)] });
    return said.trimEnd();
  };

  it('I4 production mode: names every part that is made for one machine, and writes nothing', async () => {
    const said = await refusal({ COFACTOR_MODE: 'production' });
    for (const part of [
      'the embedded PostgreSQL',
      'the bus inside PostgreSQL',
      'pending challenges in memory',
      'keys made at the first start',
      'the local outbox for mail',
    ]) {
      expect(said).toContain(part);
    }
    expect(readdirSync(installation.home)).toEqual([]);
  });

  it('I4 production mode with a real mail server is refused for the rest', async () => {
    const said = await refusal({
      COFACTOR_MODE: 'production',
      SMTP_URL: 'smtp://mail.practice.example:587',
      MAIL_FROM: 'noreply@practice.example',
    });
    expect(said).toContain('the embedded PostgreSQL');
    expect(said).not.toContain('the local outbox');
  });

  it.each([
    ['PORT', 'canary-value'],
    ['COFACTOR_MODE', 'canary-value'],
    ['COFACTOR_ISSUER', 'canary:value'],
    ['COFACTOR_HASHES_WAITING', '0'],
    ['COFACTOR_TRUSTED_PROXIES', 'canary-value'],
    ['SMTP_URL', 'canary-value'],
  ])('a bad %s (%s) is named, its value is not repeated', async (name, value) => {
    const said = await refusal({ [name]: value });
    expect(said).toContain(name);
    expect(said).not.toContain('canary');
  });

  it('a data folder that is a file', async () => {
    const file = join(installation.home, 'a-file');
    writeFileSync(file, '');
    expect(await refusal({ COFACTOR_HOME: file })).toContain('COFACTOR_HOME');
  });

  it.each([
    ['in the home', (home: string) => mkdirSync(join(home, 'postgresql-18'))],
    [
      'elsewhere',
      (home: string) => writeFileSync(join(home, 'postgres-location'), join(home, 'beyond', 'postgresql-18')),
    ],
  ])('data %s without their keys: no new key is made for them', async (where, restore) => {
    const home = join(installation.home, `restored ${where}`);
    mkdirSync(home);
    restore(home);
    expect(await refusal({ COFACTOR_HOME: home })).toContain('master.json');
    expect(readdirSync(join(home, 'keys'))).toEqual([]);
  });

  it('a port that is taken', async () => {
    const other = createServer().listen(Number(new URL(installation.url).port), '127.0.0.1');
    await once(other, 'listening');
    try {
      expect(await refusal({})).toContain(`Port ${new URL(installation.url).port} is already in use.`);
      expect(installation.processes()).toEqual([]);
    } finally {
      other.close();
    }
  });
});

describe('an installation that runs', () => {
  let installation: Installation;
  let program: Program;
  beforeAll(async () => {
    installation = await Installation.start();
    program = new Program(installation.url);
  });
  afterAll(() => installation.remove());

  it('says where it is and nothing else, and names each part that is ready', async () => {
    expect(installation.output).toBe(`Cofactor is ready at ${installation.url}\n`);
    const ready = JSON.parse((await program.send('GET', '/health/ready')).text) as { parts: Record<string, string> };
    expect(new Set(Object.values(ready.parts))).toEqual(new Set(['up']));
    expect(Object.keys(ready.parts).sort()).toEqual(
      expect.arrayContaining([
        'audit.database',
        'challenge.database',
        'factor-enrollment.database',
        'identity.database',
      ]),
    );
  });

  it('keeps its keys to itself', () => {
    const keys = join(installation.home, 'keys');
    expect(statSync(keys).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(keys))
      expect([name, statSync(join(keys, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(statSync(join(installation.home, 'run/databases.json')).mode & 0o777).toBe(0o600);
  });

  it('is not disturbed by a second one on the same data, which says so in one sentence', async () => {
    const second = await Installation.prepare({ environment: { COFACTOR_HOME: installation.home } });
    const { code, said } = await second.startAndEnd();
    expect(code).toBe(1);
    expect(said).toMatch(/^Cofactor is already running with the data in .+[.]\n$/);
    expect(await installation.isReady()).toBe(true);
    expect((await program.send('GET', '/v1/installation')).outcome).toBe('200');
    // The address of its databases is still announced for the commands of operators.
    expect(readdirSync(join(installation.home, 'run'))).toEqual(['databases.json']);
    await second.remove();
  });
});
