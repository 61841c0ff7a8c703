import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What every program here has at hand. */
const preamble = `
  const { runProcess } = require(${JSON.stringify(join(__dirname, 'process.ts'))});
  const { ConfigurationError } = require(${JSON.stringify(join(__dirname, 'configuration.ts'))});
  const say = (line) => process.stdout.write(line + '\\n');
  const closing = (name) => async () => say('closed ' + name);
  const idle = () => setInterval(() => undefined, 1_000);
`;

describe('a process', () => {
  const started: ChildProcess[] = [];
  afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

  function run(program: string) {
    const options = ['--conditions=@cofactor/source', '-r', '@swc-node/register', '-e', `${preamble}${program}`];
    const child = spawn(process.execPath, options, { cwd: __dirname, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const told = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (told.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (told.err += text));
    const ended = once(child, 'close').then(([code]: unknown[]) => ({
      code,
      out: told.out.split('\n').slice(0, -1),
      err: told.err.split('\n').slice(0, -1),
    }));
    const says = async (line: string): Promise<void> => {
      while (!told.out.split('\n').includes(line)) await Promise.race([once(child.stdout, 'data'), ended]);
    };
    return { child, ended, says };
  }
  const running = (more = '') => `runProcess(async (closings) => {
      closings.push(closing('first'), closing('second'));
      idle();
      ${more}
      return 'ready';
    });`;

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends its parts in the opposite order on %s', async (signal) => {
    const { child, ended, says } = run(running());
    await says('ready');
    child.kill(signal);
    expect(await ended).toEqual({ code: 0, out: ['ready', 'closed second', 'closed first'], err: [] });
  });

  it('ends once, however often it is told to', async () => {
    const { child, ended, says } = run(
      running(
        `closings.push(() => { say('closing'); return new Promise((resolve) => process.once('SIGTERM', resolve)); });`,
      ),
    );
    await says('ready');
    child.kill('SIGINT');
    await says('closing');
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, out: ['ready', 'closing', 'closed second', 'closed first'], err: [] });
  });

  it('ends the other parts where one cannot be ended', async () => {
    const { child, ended, says } = run(
      running(`closings.push(() => Promise.reject(new Error('stuck')), () => { throw new Error('broken'); });`),
    );
    await says('ready');
    child.kill('SIGTERM');
    const { code, out, err } = await ended;
    expect([code, out]).toEqual([0, ['ready', 'closed second', 'closed first']]);
    expect(err).toEqual([expect.stringContaining('broken'), expect.stringContaining('stuck')]);
  });

  it('ends all the same where a part hangs, whether anything else holds it or not', async () => {
    // The clock of this child runs a hundred times as fast.
    const fast = `const later = setTimeout; global.setTimeout = (work, milliseconds) => later(work, milliseconds / 100);`;
    const hanging = `closings.push(() => { say('hangs'); return new Promise(() => undefined); });`;
    const { child, ended, says } = run(`${fast} ${running(hanging)}`);
    await says('ready');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 1, out: ['ready', 'hangs'], err: [] });
    const failing = run(
      `${fast} runProcess(async (closings) => { ${hanging} throw new ConfigurationError('X: no.'); });`,
    );
    expect(await failing.ended).toEqual({ code: 1, out: ['hangs'], err: ['X: no.'] });
  });

  it('that cannot start says why in one sentence, ends what it opened, and exits with 1', async () => {
    const { ended } = run(running(`throw new ConfigurationError('PORT: must be a number.');`));
    const out = ['closed second', 'closed first'];
    expect(await ended).toEqual({ code: 1, out, err: ['PORT: must be a number.'] });
  });

  it('knows the errors that it is told of as sentences', async () => {
    const program = `class Locked extends Error {}
      runProcess(async () => { throw new Locked('the folder is locked'); }, [Locked]);`;
    expect(await run(program).ended).toEqual({ code: 1, out: [], err: ['The folder is locked.'] });
  });

  it('names the port that is in use, and the host that nobody knows', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const listening = (options: object) =>
      run(`runProcess(() => new Promise((_, reject) => require('node:http').createServer().on('error', reject)
        .listen(${JSON.stringify(options)})));`).ended;
    expect(await listening({ port, host: '127.0.0.1' })).toEqual({
      code: 1,
      out: [],
      err: [`Port ${port} is already in use. Stop the other program, or set another port.`],
    });
    taken.close();
    expect(await listening({ port: 0, host: '192.0.2.1' })).toMatchObject({
      err: ['COFACTOR_LISTEN: this machine has no such address.'],
    });
    expect(await listening({ port: 0, host: 'nowhere.invalid' })).toMatchObject({
      err: ['The host nowhere.invalid is not known; look for it in the settings.'],
    });
  });

  const ofDatabase = `Object.assign(new Error('invalid input: canary-1'), { severity: 'ERROR', code: '22P02',
    detail: 'canary-2', parameters: ['canary-3'] })`;
  it.each([
    ['at the start', running(`throw ${ofDatabase};`)],
    ['that nobody caught', running(`setImmediate(() => { throw ${ofDatabase}; });`)],
    ['of a promise that nobody waits for', running(`setImmediate(() => void Promise.reject(${ofDatabase}));`)],
    [
      'at the end',
      `${running(`closings.push(async () => { throw ${ofDatabase}; }); process.kill(process.pid, 'SIGTERM');`)}`,
    ],
  ])('I4 tells no value of a statement in an error %s, and ends its parts', async (where, program) => {
    const { code, out, err } = await run(program).ended;
    expect(out.slice(-2)).toEqual(['closed second', 'closed first']);
    expect(err).toEqual([expect.stringContaining('"errorCode":"22P02"')]);
    expect(err.join('')).not.toContain('canary');
    expect(code).toBe(where === 'at the end' ? 0 : 1);
  });

  it('that is told to end while it starts says neither that it is ready nor that it failed', async () => {
    for (const end of [`return 'ready';`, `throw new Error('its database was closed under it');`]) {
      const { child, ended, says } = run(`runProcess(async (closings) => {
          idle();
          let closed;
          const isClosed = new Promise((resolve) => (closed = resolve));
          closings.push(async () => { closed(); await new Promise(setImmediate); say('closed'); });
          say('starting');
          await isClosed;
          ${end}
        });`);
      await says('starting');
      child.kill('SIGTERM');
      expect(await ended).toEqual({ code: 0, out: ['starting', 'closed'], err: [] });
    }
  });
});
