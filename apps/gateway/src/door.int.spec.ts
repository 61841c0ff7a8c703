import {
  auditOperations,
  challengeOperations,
  DomainError,
  factorEnrollmentOperations,
  identityOperations,
  notificationOperations,
  presets,
  publicApi,
  type CallContext,
  type Endpoint,
} from '@cofactor/contracts';
import {
  createLogger,
  inProcessClient,
  readConfiguration,
  type OperationServer,
  untraced,
  type HealthCheck,
} from '@cofactor/service-kit';
import { eventually } from '@cofactor/testkit';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewaySettings, memoryFloodControl, startGateway, type RunningGateway } from './server';

type Answer = (operation: string, context: CallContext, request: unknown) => Promise<unknown>;

const pages = mkdtempSync(join(tmpdir(), 'cofactor-pages-'));
writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Pages</title>');
const running: RunningGateway[] = [];
const written: string[] = [];
/** Requests that have come to the door. */
let arrived = 0;

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.close()));
});
afterAll(() => rmSync(pages, { recursive: true }));

/** The real door before services that answer as the test says. */
async function openDoor(
  answer: Answer,
  environment: Readonly<Record<string, string>> = {},
  health: HealthCheck = () => Promise.resolve({ 'identity.database': true, 'audit.database': true }),
) {
  const server: OperationServer = { dispatch: (name, request, context) => answer(name, context, request) };
  const services = {
    identity: inProcessClient(identityOperations, () => server),
    factorEnrollment: inProcessClient(factorEnrollmentOperations, () => server),
    challenge: inProcessClient(challengeOperations, () => server),
    notification: inProcessClient(notificationOperations, () => server),
    audit: inProcessClient(auditOperations, () => server),
  };
  const installation = { health, metrics: () => Promise.resolve(''), showsOutbox: false };
  const settings = readConfiguration(gatewaySettings, { PORT: '0', ...environment });
  const logger = createLogger('gateway', 'info', { write: (line) => void written.push(line) });
  const limit = memoryFloodControl(settings.COFACTOR_FLOOD_LIMIT);
  const flood = {
    admit: (ip: string) => {
      arrived += 1;
      return limit.admit(ip);
    },
  };
  const gateway = await startGateway({ services, installation, tracing: untraced }, settings, flood, pages, logger);
  running.push(gateway);
  return (path: string, request: RequestInit = {}) => fetch(`http://127.0.0.1:${gateway.port}${path}`, request);
}

const refusing: Answer = () => Promise.reject(new DomainError('conflict'));
const bodies: Readonly<Record<string, object>> = {
  createOrganisation: {
    name: 'Elm Street',
    preset: 'healthcode',
    manager: { name: 'Dr Okafor', email: 'a@practice.example', password: 'x' },
  },
  startSignIn: { email: 'a@practice.example', password: 'x' },
  issueChallenge: { credentialId: 'x' },
  answerChallenge: { code: '1' },
  startEnrolment: {},
  confirmEnrolment: { code: '1' },
  changeRoles: { default: 'x', secondary: null },
  issueRecoveryCodes: { password: 'x' },
  changePolicy: { version: 1, policy: presets.healthcode },
  forecastPolicy: { policy: presets.healthcode },
  requireSecondFactorOf: { required: true },
  addPerson: { name: 'Lee', email: 'lee@practice.example', roles: ['member'] },
  changePerson: { roles: ['member'], siteIds: [] },
  chooseFirstPassword: { token: 'x', password: 'x' },
  addSite: { name: 'First floor' },
  renameSite: { name: 'First floor' },
  decideSharedAccount: { shared: true },
  resetOwnFactors: { password: 'x' },
  reportNotMine: { link: 'x' },
  resetMember: { reason: 'The phone was stolen.' },
  approveReset: {},
  refuseReset: {},
  appointSupport: { email: 'kit@operator.example' },
  lookUpPerson: { email: 'a@practice.example' },
  openSupportCase: { lookUpId: 'x' },
  recordSupportStep: { step: 'call-back', note: 'x' },
  resetBySupport: {},
  approveSupportReset: {},
  refuseSupportReset: {},
};
/** What stands in the contracts themselves. */
const answeredByTheDoor: readonly string[] = ['listPresets'];

describe('the door', () => {
  const led = Object.values<Endpoint>(publicApi).filter(({ id }) => !answeredByTheDoor.includes(id));
  it.each(led.map((entry) => [entry.id, entry] as const))('leads %s to a service', async (id, { method, path }) => {
    const send = await openDoor(refusing);
    const body = bodies[id];
    const reply = await send(path.replace('{type}', 'totp').replaceAll(/\{\w+\}/g, 'x'), {
      method,
      headers: { authorization: 'Bearer some-token', ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect(await reply.json()).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('tells of the presets by itself, as rules that it takes back', async () => {
    const send = await openDoor(refusing);
    const told = publicApi.listPresets.reply.parse(await (await send('/v1/presets')).json());
    expect(told.presets).toEqual(Object.entries(presets).map(([preset, policy]) => ({ preset, policy })));
  });

  it('I4 tells nothing of an unexpected error, and logs it without its data', async () => {
    written.length = 0;
    const failure = Object.assign(new Error('canary-row'), { severity: 'ERROR', detail: 'canary-detail' });
    const send = await openDoor(() => Promise.reject(failure));
    const reply = await send('/v1/installation');
    const text = await reply.text();
    expect(JSON.parse(text)).toMatchObject({ status: 500, code: 'internal' });
    expect(written.join('')).toContain('request failed');
    expect(text + written.join('')).not.toContain('canary');
  });

  it('tells how long to wait in whole seconds, at least one', async () => {
    for (const [seconds, told] of [
      [0.2, '1'],
      [1.2, '2'],
      [3, '3'],
    ] as const) {
      const send = await openDoor(() => Promise.reject(new DomainError('busy', { retryAfter: seconds })));
      const reply = await send('/v1/installation');
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, told]);
    }
  });

  it('passes on who asks for a new practice, where somebody does: a program or a page', async () => {
    const tokens: unknown[] = [];
    const send = await openDoor((operation, context, request) => {
      tokens.push((request as { token: unknown }).token);
      return refusing(operation, context, request);
    });
    const asking = [
      {},
      { authorization: 'Bearer of-a-program' },
      { cookie: '__Host-cofactor=of-a-page', 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of asking) {
      await send('/v1/organisations', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(bodies['createOrganisation']),
      });
    }
    expect(tokens).toEqual([null, 'of-a-program', 'of-a-page']);
  });

  describe('passes on where a request comes from', () => {
    const contextOf = async (headers: Readonly<Record<string, string>>, environment = {}): Promise<CallContext> => {
      let seen: CallContext | undefined;
      const send = await openDoor((_operation, context) => {
        seen = context;
        return refusing(_operation, context, null);
      }, environment);
      await send('/v1/installation', { headers });
      if (!seen) throw new Error('no service was asked');
      return seen;
    };

    it('believes X-Forwarded-For from trusted proxies only', async () => {
      const forwarded = { 'x-forwarded-for': '203.0.113.9' };
      expect((await contextOf(forwarded)).source.ip).toBe('127.0.0.1');
      const elsewhere = { COFACTOR_TRUSTED_PROXIES: '10.0.0.0/8' };
      expect((await contextOf(forwarded, elsewhere)).source.ip).toBe('127.0.0.1');
      const here = { COFACTOR_TRUSTED_PROXIES: '127.0.0.0/8' };
      expect((await contextOf(forwarded, here)).source.ip).toBe('203.0.113.9');
      const chain = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
      expect((await contextOf(chain, here)).source.ip).toBe('203.0.113.9');
    });

    it('keeps a right traceparent, drops a wrong one, and shortens the user agent', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      expect((await contextOf({ traceparent })).traceparent).toBe(traceparent);
      expect((await contextOf({ traceparent: traceparent.toUpperCase() })).traceparent).toBeNull();
      expect((await contextOf({ traceparent: `${traceparent}-x` })).traceparent).toBeNull();
      expect((await contextOf({ 'user-agent': 'x'.repeat(1_000) })).source.userAgent).toHaveLength(300);
    });

    it('never takes the id of a request from outside', async () => {
      const { requestId } = await contextOf({ 'x-request-id': 'chosen', 'request-id': 'chosen' });
      expect(requestId).toMatch(/^[\da-f-]{36}$/);
    });
  });

  it('has no outbox where the installation shows none', async () => {
    const send = await openDoor(refusing);
    for (const path of ['/dev/outbox', '/dev/outbox.json']) {
      expect((await send(path, { headers: { accept: 'text/html' } })).status).toBe(404);
    }
  });

  it('is ready only while every part is, and names the one that is not', async () => {
    const report = { 'identity.database': true, 'audit.database': false };
    const send = await openDoor(refusing, {}, () => Promise.resolve(report));
    const reply = await send('/health/ready');
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await reply.json()).toEqual({
      status: 'down',
      parts: { 'identity.database': 'up', 'audit.database': 'down' },
    });
    expect((await send('/health/live')).status).toBe(200);
  });

  it('looks once for all who ask at a time whether it is ready: nobody multiplies requests through it', async () => {
    let looks = 0;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const send = await openDoor(refusing, {}, async () => {
      looks += 1;
      await ended;
      return { 'identity.database': true };
    });
    const before = arrived;
    const asking = Array.from({ length: 5 }, () => send('/health/ready'));
    await eventually(
      () => arrived - before,
      (count) => count === 5,
    );
    // Answered behind them: by then each of them waits for the look.
    await send('/health/live');
    end();
    expect((await Promise.all(asking)).map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(looks).toBe(1);
  });

  it('gives the page to browsers at any address of its own, and a problem to programs', async () => {
    const send = await openDoor(refusing);
    const page = await send('/security', { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(await page.text()).toContain('<title>Pages</title>');
    for (const [path, accept] of [
      ['/security', '*/*'],
      ['/v1/nothing', 'text/html'],
      ['/assets/nothing.js', 'text/html'],
      ['/../keys/master.json', 'application/json'],
    ] as const) {
      expect([path, (await send(path, { headers: { accept } })).status]).toEqual([path, 404]);
    }
  });

  it.each([{}, { accept: '*/*' }, { accept: 'application/json' }])(
    'gives the page at its first address to whoever asks, with %j',
    async (headers) => {
      const send = await openDoor(refusing);
      for (const path of ['/', '/?from=a-link']) {
        const page = await send(path, { headers });
        expect([path, page.status]).toEqual([path, 200]);
        expect(await page.text()).toContain('<title>Pages</title>');
      }
    },
  );

  it('closes although a client keeps its connection, and answers what is under way first', async () => {
    let finish = (): void => undefined;
    let asked = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    const send = await openDoor(() => {
      asked();
      return new Promise((_resolve, reject) => (finish = () => reject(new DomainError('conflict'))));
    });
    const reply = send('/v1/installation');
    await arrived;
    const [gateway] = running.splice(0);
    const closed = gateway?.close();
    await eventually(
      () =>
        send('/health/live').then(
          () => 'takes requests',
          () => 'takes none',
        ),
      (state) => state === 'takes none',
    );
    finish();
    expect((await reply).status).toBe(409);
    expect((await reply).headers.get('connection')).toBe('close');
    await closed;
  });
});
