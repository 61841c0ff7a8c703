import { publicApi } from '@cofactor/contracts';
import { Installation } from '../installation';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import {
  newEmail,
  newPractice,
  openPractice,
  positionOf,
  readAudit,
  startSignIn,
  typePassword,
  type Manager,
} from './practice';
import { Program, type Reply } from './program';

let installation: SharedInstallation;
let program: Program;
let manager: Manager;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
  manager = await openPractice(program);
});
afterAll(() => installation.remove());

const cookieOf = (reply: Reply): string => reply.headers.get('set-cookie') ?? '';
/** What a browser sends back of a Set-Cookie. */
const jar = (reply: Reply): string => cookieOf(reply).split(';')[0] ?? '';
const fromOurPage = { 'sec-fetch-site': 'same-origin' };

describe('following a request', () => {
  it('X-Request-Id goes out, is new each time, and stands in the audit record', async () => {
    const reply = await typePassword(program, manager, { headers: { 'x-request-id': 'chosen-by-the-caller' } });
    const requestId = reply.headers.get('x-request-id') ?? '';
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    const { token = '' } = reply.as(publicApi.startSignIn);
    const records = await readAudit(program, manager, token, [positionOf(reply)]);
    const own = records.filter((record) => record.requestId === requestId).map(({ type }) => type);
    expect(own).toEqual(expect.arrayContaining(['sign-in.started', 'sign-in.completed']));
    expect((await program.get('/v1/session', token)).headers.get('x-request-id')).not.toBe(requestId);
  });

  it.each(['not a trace', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '\t', 'x'.repeat(4_000)])(
    'any traceparent is taken, a right one or not: %.30s',
    async (traceparent) => {
      expect((await typePassword(program, manager, { headers: { traceparent } })).outcome).toBe('201');
    },
  );
});

describe('cookies', () => {
  it('a page gets its token in a __Host- cookie that no script reads, and nowhere else', async () => {
    const reply = await typePassword(program, manager, { headers: fromOurPage });
    expect(reply.as(publicApi.startSignIn).token).toBeUndefined();
    const [pair = '', ...attributes] = cookieOf(reply).split('; ');
    expect(pair).toMatch(/^__Host-cofactor=cfs_[\w-]{43}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
    const session = await program.send('GET', '/v1/session', { headers: { cookie: jar(reply) } });
    expect(session.outcome).toBe('200');
  });

  it('signing out takes the cookie back, and its session is dead', async () => {
    const cookie = jar(await typePassword(program, manager, { headers: fromOurPage }));
    const out = await program.send('DELETE', '/v1/session', { headers: { cookie, ...fromOurPage } });
    expect(out.outcome).toBe('204');
    expect(cookieOf(out)).toMatch(/^__Host-cofactor=;.*(Max-Age=0|Expires=Thu, 01 Jan 1970)/);
    expect((await program.send('GET', '/v1/session', { headers: { cookie } })).outcome).toBe('401 not-signed-in');
  });

  it('a program gets a token in the body and no cookie', async () => {
    const reply = await typePassword(program, manager);
    expect(cookieOf(reply)).toBe('');
    expect(reply.as(publicApi.startSignIn).token).toMatch(/^cfs_/);
  });
});

describe('requests from other sites', () => {
  const unsafe = Object.values(publicApi).filter(({ method }) => method !== 'GET');

  it.each(unsafe.map(({ method, path }) => [method, path.replaceAll(/\{\w+\}/g, 'x')]))(
    '%s %s refuses what another site made a browser send',
    async (method = '', path = '') => {
      const cookie = jar(await typePassword(program, manager, { headers: fromOurPage }));
      const attacks: readonly Readonly<Record<string, string>>[] = [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
        { origin: installation.url, 'sec-fetch-site': 'cross-site' },
        {},
      ];
      for (const attack of attacks) {
        const reply = await program.send(method, path, { body: {}, headers: { cookie, ...attack } });
        expect([attack, reply.outcome]).toEqual([attack, '403 cross-site-request']);
      }
    },
  );

  it('our own pages are not refused, by either header', async () => {
    for (const headers of [{ origin: installation.url }, fromOurPage, { 'sec-fetch-site': 'none' }]) {
      const cookie = jar(await typePassword(program, manager, { headers: fromOurPage }));
      const reply = await program.send('DELETE', '/v1/session', { headers: { cookie, ...headers } });
      expect([headers, reply.outcome]).toEqual([headers, '204']);
    }
  });

  it('a bearer token needs neither header, and another site does not read with it', async () => {
    const { token } = await startSignIn(program, manager);
    const read = await program.get('/v1/session', token, { origin: 'https://evil.example' });
    expect(read.headers.get('access-control-allow-origin')).toBeNull();
    expect((await program.send('DELETE', '/v1/session', { token })).outcome).toBe('204');
  });
});

describe('headers of safety', () => {
  it.each([
    '/',
    '/v1/installation',
    '/v1/session',
    '/v1/nothing-here',
    '/docs',
    '/openapi.json',
    '/health/live',
    '/dev/outbox',
  ])('%s', async (path) => {
    const reply = await program.send('GET', path, { headers: { accept: 'text/html' } });
    const policy = reply.headers.get('content-security-policy') ?? '';
    expect(
      policy
        .split(';')
        .map((directive) => directive.trim())
        .sort(),
    ).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "manifest-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
    ]);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(reply.headers.get('x-powered-by')).toBeNull();
    expect(reply.headers.get('server')).toBeNull();
  });

  it('nothing under /v1 is kept by a cache', async () => {
    for (const path of ['/v1/installation', '/v1/session', '/v1/nothing-here']) {
      expect((await program.send('GET', path)).headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('refusals', () => {
  it.each([
    ['GET', '/v1/session', undefined, '401 not-signed-in'],
    ['GET', '/v1/nothing-here', undefined, '404 not-found'],
    ['GET', '/v1/organisations/%00/audit/records', undefined, '404 not-found'],
    ['POST', '/v1/sign-ins', '{', '400 malformed-request'],
    ['POST', '/v1/sign-ins', {}, '400 invalid-fields'],
    ['PUT', '/v1/sign-ins', {}, '404 not-found'],
    ['POST', '/nothing-here', {}, '404 not-found'],
    ['POST', '/v1/organisations', newPractice('accurx', newEmail(), 'short'), '422 password-too-short'],
  ])('%s %s: %j is %s', async (method, path, body, outcome) => {
    expect((await program.send(method, path, { body })).outcome).toBe(outcome);
  });

  it('401 names the scheme, 400 the fields', async () => {
    const unauthorised = await program.send('GET', '/v1/session');
    expect(unauthorised.headers.get('www-authenticate')).toBe('Bearer');
    const { errors = [] } = (await program.post('/v1/sign-ins', { email: 7, password: 'x', admin: true })).problem;
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/admin', '/email']);
  });

  it('an address is taken once, whatever its case (409)', async () => {
    const again = newPractice('healthcode', manager.email.toUpperCase());
    expect((await program.post('/v1/organisations', again)).outcome).toBe('409 email-taken');
  });
});

describe('a flood', () => {
  let small: Installation;
  beforeAll(async () => {
    small = await Installation.start({ environment: { COFACTOR_FLOOD_LIMIT: '20' } });
  });
  afterAll(() => small.remove());

  it('is answered 429 with Retry-After', async () => {
    const flooding = new Program(small.url);
    const replies = await Promise.all(Array.from({ length: 40 }, () => flooding.send('GET', '/v1/installation')));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    for (const reply of refused) {
      expect(reply.outcome).toBe('429 too-many-requests');
      expect(reply.retryAfter).toBeLessThanOrEqual(10);
    }
  });
});
