import { presets, publicApi, type Endpoint } from '@cofactor/contracts';
import { Installation } from '../installation';
import { Databases } from './databases';
import {
  challenge,
  enrolledManager,
  newEmail,
  newPractice,
  openPractice,
  password,
  readAudit,
  startSignIn,
  type Manager,
} from './practice';
import { Program, type Reply, type Sent } from './program';
import { rawBytes, rawRequest } from './raw-request';

let installation: Installation;
let program: Program;
let databases: Databases;
/** Someone signed in with both factors, and what they own. */
let me: Awaited<ReturnType<typeof enrolledManager>>;
let own: Readonly<Record<string, string>>;

beforeAll(async () => {
  installation = await Installation.start();
  program = new Program(installation.url);
  databases = await Databases.open(installation);
  me = await enrolledManager(program);
  const { signInId } = await startSignIn(program, me.manager);
  const { sessions } = (await program.get('/v1/me/sessions', me.token)).as(publicApi.listSessions);
  const { organisationId } = me.manager;
  own = {
    organisationId,
    signInId,
    challengeId: 'no-such-challenge',
    enrolmentId: 'no-such-enrolment',
    credentialId: me.credentialId,
    sessionId: sessions.find(({ current }) => !current)?.sessionId ?? 'no-such-session',
    type: 'totp',
  };
});
afterAll(async () => {
  await installation.remove();
  await databases.close();
});

const endpoints: readonly Endpoint[] = Object.values(publicApi);
const withBody = endpoints.filter(({ body }) => body !== null);
const withParameters = endpoints.filter(({ path }) => path.includes('{'));

const addressOf = (path: string, values: Readonly<Record<string, string>> = own) =>
  path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? 'x');

/** Runs what must change nothing, and compares all tables of all databases before and after. */
async function writingNothing(work: () => Promise<void>): Promise<void> {
  await databases.idle();
  const before = await databases.counts();
  await work();
  await databases.idle();
  expect(await databases.counts()).toEqual(before);
}

/** A refusal with all that API.md promises of it; reading `problem` throws where something is missing. */
function expectRefused(reply: Reply, what: unknown, statuses: readonly number[]): void {
  expect({ what, status: reply.status, text: statuses.includes(reply.status) ? '' : reply.text }).toEqual({
    what,
    status: statuses.find((status) => status === reply.status),
    text: '',
  });
  expect(reply.problem.detail.length).toBeGreaterThan(5);
}

const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`field${index}`, index])));

const badBodies: readonly (readonly [name: string, sent: Sent, statuses: readonly number[]])[] = [
  ['no JSON', { body: '{"email":' }, [400]],
  ['two values', { body: '{}{}' }, [400]],
  ['a byte order mark and half an object', { body: '\ufeff{' }, [400]],
  ['bytes that are no UTF-8', { body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }, [400]],
  ['null', { body: 'null' }, [400]],
  ['a number', { body: '7' }, [400]],
  ['a string', { body: '"text"' }, [400]],
  ['true', { body: 'true' }, [400]],
  ['an array', { body: '[]' }, [400]],
  ['an array of objects', { body: '[{}]' }, [400]],
  ['deep nesting', { body: deep }, [400, 413]],
  ['thousands of fields', { body: wide }, [400]],
  ['__proto__', { body: '{"__proto__":{"admin":true}}' }, [400]],
  ['constructor.prototype', { body: '{"constructor":{"prototype":{"admin":true}}}' }, [400]],
  ['an unknown field', { body: { surprise: true } }, [400]],
  ['text/plain', { body: '{}', headers: { 'content-type': 'text/plain' } }, [415]],
  ['a form', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, [415]],
  ['multipart', { body: 'x', headers: { 'content-type': 'multipart/form-data; boundary=x' } }, [415]],
  ['no content type', { body: '{}', headers: { 'content-type': '' } }, [400, 415]],
];

describe('bad input on every endpoint that takes a body: a 4xx problem, nothing written', () => {
  it.each(withBody.map((endpoint) => [endpoint.id, endpoint] as const))('%s', async (_id, { method, path, body }) => {
    const address = addressOf(path);
    const mayBeAbsent = body?.safeParse(undefined).success === true;
    await writingNothing(async () => {
      for (const [name, sent, statuses] of badBodies) {
        expectRefused(await program.send(method, address, { token: me.token, ...sent }), name, statuses);
      }
      if (!mayBeAbsent) {
        expectRefused(await program.send(method, address, { token: me.token, body: '' }), 'nothing', [400]);
      }
      const huge = { token: me.token, body: JSON.stringify({ password: 'x'.repeat(5_000_000) }) };
      expectRefused(await program.send(method, address, huge), 'five megabytes', [413]);
    });
  });

  it('deleting with no body at all is not among them', () => {
    const optional = withBody.filter(({ body }) => body?.safeParse(undefined).success);
    expect(optional.map(({ id }) => id)).toEqual(['revokeFactor']);
  });
});

describe('wrong types and values in every field', () => {
  const right: Readonly<Record<string, object>> = {
    createOrganisation: newPractice('healthcode', newEmail()),
    startSignIn: { email: 'someone@practice.example', password },
    issueChallenge: { credentialId: 'some-credential', challengeId: 'some-challenge' },
    answerChallenge: { code: '123456' },
    startEnrolment: { password },
    confirmEnrolment: { code: '123456' },
    changeRoles: { default: 'one', secondary: 'two' },
    revokeFactor: { password },
    issueRecoveryCodes: { password },
    changePolicy: { version: 1, policy: presets.healthcode },
    forecastPolicy: { policy: presets.healthcode },
    requireSecondFactorOf: { required: true },
    addPerson: { name: 'Lee Park', email: newEmail(), roles: ['member'], siteIds: ['some-site'] },
    changePerson: { roles: ['member'], siteIds: ['some-site'] },
    chooseFirstPassword: { token: 'cfl_of-a-link', password },
    addSite: { name: 'First floor' },
    renameSite: { name: 'First floor' },
    decideSharedAccount: { shared: true, reason: 'Used at the front desk' },
    resetOwnFactors: { password },
    reportNotMine: { link: `${'0'.repeat(36)}.${'A'.repeat(43)}` },
    resetMember: { reason: 'The phone was stolen.', password },
    approveReset: { password },
    refuseReset: { password },
    appointSupport: { email: newEmail(), name: 'Kit Rivera' },
    lookUpPerson: { email: newEmail() },
    openSupportCase: { lookUpId: 'some-look-up' },
    recordSupportStep: { step: 'call-back', note: 'Spoke with reception.' },
    resetBySupport: { password },
    approveSupportReset: { password },
    refuseSupportReset: { password },
  };
  const wrong: readonly unknown[] = [7, true, [], {}, ['x'], '', 'x'.repeat(5_000), { $ne: null }];

  it('covers every endpoint with a body', () => {
    expect(Object.keys(right).sort()).toEqual(withBody.map(({ id }) => id).sort());
  });

  it.each(withBody.map((endpoint) => [endpoint.id, endpoint] as const))('%s', async (id, { method, path }) => {
    const body = right[id] ?? {};
    await writingNothing(async () => {
      for (const broken of variants(body, wrong)) {
        const reply = await program.send(method, addressOf(path), { token: me.token, body: broken.body });
        expectRefused(reply, broken, [400]);
        const pointers = new Set(reply.problem.errors?.map(({ pointer }) => pointer));
        expect({ broken, pointers: [...pointers] }).toEqual({ broken, pointers: [broken.pointer] });
      }
    });
  });

  /** Whether it may be right after all: another number, list or truth in the place of one. */
  const isOfItsKind = (value: unknown, one: unknown): boolean =>
    Array.isArray(value) || typeof value === 'number' || typeof value === 'boolean'
      ? typeof value === typeof one && Array.isArray(value) === Array.isArray(one)
      : false;

  /** The body with each of its fields, at any depth, replaced by each wrong value. */
  function variants(body: object, values: readonly unknown[]): readonly { pointer: string; body: object }[] {
    return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
      const isParent = value !== null && typeof value === 'object' && !Array.isArray(value);
      const inside = isParent ? variants(value, values) : [];
      const nested = inside.map((one) => ({ pointer: `/${name}${one.pointer}`, body: { ...body, [name]: one.body } }));
      const isObject = inside.length > 0;
      const ofOtherKind = values.filter((one) => !isOfItsKind(value, one));
      const wrongHere = ofOtherKind.filter((one) => !isObject || (typeof one !== 'object' && one !== ''));
      return [...nested, ...wrongHere.map((one) => ({ pointer: `/${name}`, body: { ...body, [name]: one } }))];
    });
  }
});

describe('text that PostgreSQL, logs or terminals would trip over', () => {
  const nasty: readonly (readonly [name: string, text: string])[] = [
    ['U+0000', 'Elm\u0000Street'],
    ['CRLF', 'Elm\r\nSet-Cookie: x=y'],
    ['a line feed', 'Elm\nStreet'],
    ['an escape', 'Elm\u001b[2JStreet'],
    ['a C1 control', 'Elm\u0085Street'],
    ['a line separator', 'Elm\u2028Street'],
    ['half a surrogate pair', 'Elm \ud800 Street'],
    ['only spaces', '   '],
  ];

  it.each(nasty)('%s in a name is refused', async (_name, text) => {
    await writingNothing(async () => {
      const practice = newPractice('healthcode', newEmail());
      const bodies = [
        { ...practice, name: text },
        { ...practice, manager: { ...practice.manager, name: text } },
        { ...practice, manager: { ...practice.manager, email: `${text}@practice.example` } },
      ];
      for (const body of bodies) expectRefused(await program.post('/v1/organisations', body), body, [400]);
    });
  });

  it.each(nasty)('%s where an id, a code or an email is typed is refused', async (_name, text) => {
    const started = await startSignIn(program, me.manager);
    const challenges = `/v1/sign-ins/${started.signInId}/challenges`;
    const sent = { token: started.token };
    await writingNothing(async () => {
      expectRefused(await program.post(challenges, { credentialId: text }, sent), 'credentialId', [400, 404]);
      const again = { credentialId: me.credentialId, challengeId: text };
      expectRefused(await program.post(challenges, again, sent), 'challengeId', [400, 401, 404]);
      const roles = { default: text, secondary: null };
      const put = await program.send('PUT', '/v1/me/factors/roles', { token: me.token, body: roles });
      expectRefused(put, 'roles', [400, 422]);
      const records = `/v1/organisations/${me.manager.organisationId}/audit/records`;
      for (const name of ['subject', 'type', 'after', 'from', 'limit']) {
        const value = encodeURIComponent(text.replace('\ud800', '\ufffd'));
        expectRefused(await program.get(`${records}?${name}=${value}`, me.token), name, [400]);
      }
    });
    const reply = await program.post('/v1/sign-ins', { email: text, password });
    expectRefused(reply, 'email', [400, 401, 429]);
    const answered = await program.post(`${challenges}/none/answer`, { code: text }, sent);
    expectRefused(answered, 'code', [400, 401]);
  });

  it.each(nasty)('%s in a password is a password', async (_name, text) => {
    const secret = `${text} and a long rest of it`;
    const created = await program.post('/v1/organisations', newPractice('healthcode', newEmail(), secret));
    expect([201, 400]).toContain(created.status);
    // Nobody's door: wrong passwords at the door of `me` would close it for the tests that follow.
    const reply = await program.post('/v1/sign-ins', { email: newEmail(), password: secret });
    expectRefused(reply, 'password', [400, 401]);
  });
});

describe('R25 passwords of every keyboard', () => {
  it('typed composed (NFC) and decomposed (NFD) are the same one; spaces belong to them', async () => {
    const [composed, email] = [' Grüße aus Ärztehaus ①  Ⅳ 漢字 '.normalize('NFC'), newEmail()];
    expect(composed).not.toBe(composed.normalize('NFD'));
    expect((await program.post('/v1/organisations', newPractice('healthcode', email, composed))).outcome).toBe('201');
    for (const typed of [composed, composed.normalize('NFD')]) {
      expect((await program.post('/v1/sign-ins', { email, password: typed })).outcome).toBe('201');
    }
    expect((await program.post('/v1/sign-ins', { email, password: composed.trim() })).outcome).toBe(
      '401 invalid-credentials',
    );
    const folded = await program.post('/v1/sign-ins', { email, password: composed.normalize('NFKC') });
    expect(folded.outcome).toBe('401 invalid-credentials');
  });

  it('names keep their letters', async () => {
    const email = newEmail();
    const practice = newPractice('healthcode', email);
    const name = 'Ó Súilleabháin <b>&amp; 漢字 🩺 العربية';
    await program.post('/v1/organisations', { ...practice, manager: { ...practice.manager, name } });
    const { token = '' } = (await program.post('/v1/sign-ins', { email, password })).as(publicApi.startSignIn);
    expect((await program.get('/v1/me', token)).as(publicApi.readMe)).toMatchObject({ name, email });
  });
});

describe('addresses', () => {
  const ids: readonly string[] = [
    'x'.repeat(41),
    'x'.repeat(99),
    'x'.repeat(5_000),
    '%00',
    '%0d%0aSet-Cookie:%20x=y',
    '..%2f..%2fetc%2fpasswd',
    "'%20OR%20'1'='1",
    '%F0%9F%A9%BA',
    '%e4',
    '%zz',
    '{signInId}',
  ];

  it.each(withParameters.map((endpoint) => [endpoint.id, endpoint] as const))(
    '%s: ids that are none, of any length, are 4xx problems, nothing written',
    async (_id, { method, path, body }) => {
      await writingNothing(async () => {
        for (const id of ids) {
          const address = path.replaceAll(/\{\w+\}/g, id);
          const sent = { authorization: `Bearer ${me.token}` };
          const reply = body
            ? await rawRequest(installation.url, method, address, { ...sent, 'content-type': 'application/json' }, '{}')
            : await rawRequest(installation.url, method, address, sent);
          expectRefused(reply, address.slice(0, 80), [400, 404, 414]);
        }
      });
    },
  );

  it.each(endpoints.filter(({ body }) => body === null).map((endpoint) => [endpoint.id, endpoint] as const))(
    '%s takes no body',
    async (_id, { method, path }) => {
      await writingNothing(async () => {
        const headers = {
          authorization: `Bearer ${me.token}`,
          'content-type': 'application/json',
        };
        const reply = await rawRequest(installation.url, method, addressOf(path), headers, '{"a":1}');
        if (method !== 'GET') expectRefused(reply, path, [400]);
        else expect(reply.status).toBeLessThan(500);
      });
    },
  );

  it.each([
    ['a header of 40 KB', `GET /v1/session HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['a thousand headers', `GET /v1/session HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(3_000)}\r\n`],
    ['an address of 40 KB', `GET /v1/${'x'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['a NUL in a header', 'GET /v1/session HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
    ['two lengths', 'POST /v1/sign-ins HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'length and chunks (smuggling)',
      'POST /v1/sign-ins HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    ],
    ['an unknown method', 'BREW /v1/session HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('%s is a 4xx problem', async (name, bytes) => {
    expectRefused(await rawBytes(installation.url, bytes), name, [400, 401, 404]);
  });
});

describe('what belongs to others', () => {
  it('looks as if it were not there, and nothing is written', async () => {
    const stranger = await enrolledManager(program);
    const [signIn] = [await startSignIn(program, stranger.manager)];
    const issued = await program.post(
      `/v1/sign-ins/${signIn.signInId}/challenges`,
      { credentialId: stranger.credentialId },
      { token: signIn.token },
    );
    const { challengeId } = issued.as(publicApi.issueChallenge);
    const mine = await startSignIn(program, me.manager);
    const theirs = stranger.manager.organisationId;
    const attempts: readonly (readonly [method: string, path: string, token: string, body?: unknown])[] = [
      ['GET', `/v1/organisations/${theirs}/audit/records`, me.token],
      ['GET', `/v1/organisations/${theirs}/people`, me.token],
      ['GET', `/v1/organisations/${theirs}/people/${stranger.manager.personId}`, me.token],
      ['GET', `/v1/organisations/${me.manager.organisationId}/people/${stranger.manager.personId}`, me.token],
      ['GET', `/v1/sign-ins/${signIn.signInId}`, me.token],
      ['GET', `/v1/sign-ins/${signIn.signInId}`, mine.token],
      ['POST', `/v1/sign-ins/${mine.signInId}/challenges`, mine.token, { credentialId: stranger.credentialId }],
      ['POST', `/v1/sign-ins/${signIn.signInId}/challenges`, mine.token, { credentialId: stranger.credentialId }],
      ['POST', `/v1/sign-ins/${signIn.signInId}/challenges/${challengeId}/answer`, mine.token, { code: '123456' }],
      ['DELETE', `/v1/me/factors/${stranger.credentialId}`, me.token],
      ['PUT', '/v1/me/factors/roles', me.token, { default: stranger.credentialId, secondary: null }],
    ];
    await writingNothing(async () => {
      for (const [method, path, token, body] of attempts) {
        expectRefused(await program.send(method, path, { token, body }), [method, path], [401, 404, 422]);
      }
    });
  });

  it('R1: an answer to a challenge of others is an attempt: a record in one’s own practice, and none in theirs', async () => {
    const stranger = await enrolledManager(program);
    const [theirs, mine] = [await startSignIn(program, stranger.manager), await startSignIn(program, me.manager)];
    const address = await challenge(program, theirs, stranger.credentialId);
    const crossed = address.replace(theirs.signInId, mine.signInId);
    expect((await program.post(crossed, { code: '123456' }, { token: mine.token })).outcome).toBe('401 code-expired');
    await databases.settled();
    const refusalsIn = async (manager: Manager, token: string) =>
      (await readAudit(program, manager, token)).filter(({ stream }) => stream === `answers-${mine.signInId}`);
    const refusal = { type: 'challenge.refused', reason: 'unknown-challenge' };
    expect(await refusalsIn(me.manager, me.token)).toMatchObject([refusal]);
    expect(await refusalsIn(stranger.manager, stranger.token)).toEqual([]);
  });

  it.each(
    endpoints.filter(({ caller }) => !caller.startsWith('anyone')).map((endpoint) => [endpoint.id, endpoint] as const),
  )('%s is closed without a token, and to tokens that are none', async (_id, { method, path, body }) => {
    const tokens = [
      '',
      'x',
      `cfs_${'A'.repeat(43)}`,
      `cfi_${'A'.repeat(43)}`,
      `${me.token}x`,
      me.token.slice(0, -1),
      'x'.repeat(8_000),
    ];
    const valid: Readonly<Record<string, unknown>> = {
      name: 'x',
      roles: ['member'],
      siteIds: [],
      shared: null,
      credentialId: 'x',
      code: '1',
      default: 'x',
      secondary: null,
      password,
      reason: 'x',
      email: 'someone@practice.example',
      lookUpId: 'x',
      step: 'x',
      note: 'x',
      version: 1,
      policy: presets.healthcode,
      required: true,
    };
    const filled = body
      ? Object.fromEntries(Object.entries(valid).filter(([name]) => accepts(body, name, valid)))
      : undefined;
    await writingNothing(async () => {
      for (const token of [undefined, ...tokens]) {
        const sent = token === undefined ? { body: filled } : { body: filled, token };
        expectRefused(await program.send(method, addressOf(path), sent), token, [401]);
      }
    });
  });

  /** Whether the body's shape has the field. */
  const accepts = (
    body: NonNullable<Endpoint['body']>,
    name: string,
    valid: Readonly<Record<string, unknown>>,
  ): boolean => {
    const issues = body.safeParse({ [name]: valid[name] }).error?.issues ?? [];
    return !issues.some(({ code }) => code === 'unrecognized_keys');
  };

  it('nothing is open to somebody who is not an administrator of any practice here', async () => {
    const { token } = await startSignIn(program, await openPractice(program));
    const reply = await program.get(`/v1/organisations/${me.manager.organisationId}/people`, token);
    expect(reply.outcome).toBe('404 not-found');
  });
});
