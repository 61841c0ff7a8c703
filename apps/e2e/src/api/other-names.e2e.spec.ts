import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { openPractice, typePassword } from './practice';
import { Program } from './program';
import { rawRequest } from './raw-request';

let installation: SharedInstallation;
let program: Program;
let port: string;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
  port = new URL(installation.url).port;
});
afterAll(() => installation.remove());

const asked = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  rawRequest(installation.url, method, path, { host: `localhost:${port}`, ...headers });

describe('a page of another site that lets its name point here (DNS rebinding)', () => {
  it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example'])(
    'reads no message of the outbox as "%s"',
    async (host) => {
      for (const path of ['/dev/outbox', '/dev/outbox.json', '/%64ev/outbox.json']) {
        const reply = await asked(path, { host });
        expect([path, reply.outcome]).toEqual([path, '403 cross-site-request']);
      }
    },
  );

  it.each(['localhost', '127.0.0.1', '[::1]'])('and %s is no other site', async (name) => {
    expect((await asked('/dev/outbox.json', { host: `${name}:${port}` })).outcome).toBe('200');
  });
});

it.each(['/v1/session', '/%761/session', 'http://localhost/v1/session', '/dev/outbox.json', '/v1/nothing-here'])(
  'no cache keeps what %s answers, however its address is written',
  async (address) => {
    expect((await asked(address)).headers.get('cache-control')).toBe('no-store');
  },
);

it('credentials that are no bearer token do not make a cookie good without an origin', async () => {
  const manager = await openPractice(program);
  const signedIn = await typePassword(program, manager, { headers: { 'sec-fetch-site': 'same-origin' } });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const reply = await asked('/v1/session', { cookie, authorization: 'Basic dXNlcjpzZWNyZXQ=' }, 'DELETE');
  expect(reply.outcome).toBe('403 cross-site-request');
  expect((await asked('/v1/session', { cookie })).outcome).toBe('200');
});
