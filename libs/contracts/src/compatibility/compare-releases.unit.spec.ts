import { z } from 'zod';
import { jsonSchema } from '../json-schema';
import { compareReleases } from './compare-releases';
import type { Release } from './release';

/** Of what stands in logs or comes from outside. */
const schema = (shape: z.ZodRawShape) => jsonSchema(z.object(shape), 'output');
/** Of what services read of each other. */
const loose = (shape: z.ZodRawShape) => jsonSchema(z.object(shape), 'input');
const factorEnrolled: Release['events'][string] = {
  version: 2,
  written: 2,
  owner: 'factor-enrollment',
  readers: ['audit', 'factor-enrollment', 'identity'],
  data: schema({ hint: z.string() }),
  fixtures: { 1: { data: {} }, 2: { data: { hint: '…90' } } },
};
const authorise: Release['operations'][string] = {
  callers: ['gateway'],
  allowed: ['gateway'],
  request: loose({ token: z.string() }),
  reply: loose({ personId: z.string() }),
};
const startSignIn: Release['endpoints'][string] = {
  address: 'POST /v1/sign-ins',
  request: schema({ body: z.strictObject({ email: z.string() }) }),
  reply: schema({ status: z.literal(201), body: z.strictObject({ signInId: z.string() }) }),
};
const fact = { readers: ['audit', 'identity'], data: loose({ at: z.string() }) };
const statement = { readers: ['challenge'], data: loose({ personId: z.string() }) };
const lastRelease: Release = {
  events: { 'factor.enrolled': factorEnrolled },
  operations: { 'identity.authorise': authorise },
  endpoints: { startSignIn },
  shapes: { fact, statement },
};

const compared = (current: Release, last = lastRelease) => ({
  then: ({ breaks = [], news = [] }: { breaks?: readonly string[]; news?: readonly string[] }): void =>
    expect(compareReleases(last, current)).toEqual({ breaks, news }),
});
/** What becomes of the last release's event, operation or endpoint; undefined for what is gone. */
const whenEvent = (change: Partial<Release['events'][string]>) =>
  compared({ ...lastRelease, events: { 'factor.enrolled': { ...factorEnrolled, ...change } } });
const whenOperation = (change: Partial<Release['operations'][string]>) =>
  compared({ ...lastRelease, operations: { 'identity.authorise': { ...authorise, ...change } } });
const whenEndpoint = (change: Partial<Release['endpoints'][string]>) =>
  compared({ ...lastRelease, endpoints: { startSignIn: { ...startSignIn, ...change } } });

it('a release that changed nothing breaks nothing, in whatever order its fields stand', () => {
  const { data, ...rest } = factorEnrolled;
  compared({ ...lastRelease, events: { 'factor.enrolled': { data, ...rest } } }).then({});
});

it('whatever is new breaks nobody, and is not in the lock yet', () => {
  const events = { 'factor.enrolled': { ...factorEnrolled, written: 0 } };
  compared({ ...lastRelease, events }, { events: {}, operations: {}, endpoints: {}, shapes: {} }).then({
    news: [
      'The event factor.enrolled is new.',
      'The operation identity.authorise is new.',
      'The endpoint startSignIn is new.',
      'The shape fact is new.',
      'The shape statement is new.',
    ],
  });
});

describe('an event', () => {
  const readers = 'it is read by audit, factor-enrollment and identity.';

  it('that changes without a new version breaks its readers', () => {
    whenEvent({ data: schema({ label: z.string() }) }).then({
      breaks: [`The event factor.enrolled v2: \`hint\` was renamed to \`label\` without a new version; ${readers}`],
    });
  });

  const fixtures = { ...factorEnrolled.fixtures, 3: { data: { label: '…90' } } };
  const raised = { ...factorEnrolled, version: 3, data: schema({ label: z.string() }), fixtures };

  it('§6.11 that is raised and keeps its fixtures is written once all its readers can read it', () => {
    whenEvent(raised).then({
      news: [
        'The event factor.enrolled changed and stays readable: version 3 may be written once audit, factor-enrollment and identity all read it.',
      ],
    });
  });

  it('§6.11 that is written as the last release cannot read it breaks its readers', () => {
    whenEvent({ ...raised, written: 3 }).then({
      breaks: [
        `The event factor.enrolled v2: it is written as version 3, which the last release cannot read; ${readers}`,
      ],
    });
  });

  it('§6.11 that the last release can read, and did not write, is written now', () => {
    compared(
      { ...lastRelease, events: { 'factor.enrolled': { ...raised, written: 3 } } },
      { ...lastRelease, events: { 'factor.enrolled': raised } },
    ).then({ news: ['The event factor.enrolled changed and stays readable.'] });
  });

  it('§6.11 of a type that is new is first only read', () => {
    compared(lastRelease, { ...lastRelease, events: {} }).then({
      breaks: [`The event factor.enrolled is new and already written, which the last release cannot read; ${readers}`],
    });
  });

  it('I5 that is raised without the fixture of an earlier version could become unreadable', () => {
    whenEvent({ version: 3, fixtures: { 1: { data: {} }, 3: { data: {} } } }).then({
      breaks: [`The event factor.enrolled v2: the fixture of version 2 was not kept; ${readers}`],
    });
  });

  it('I5 keeps its fixtures as they were written', () => {
    whenEvent({ fixtures: { ...factorEnrolled.fixtures, 1: { data: { hint: null } } } }).then({
      breaks: [`The event factor.enrolled v2: the fixture of version 1 was changed; ${readers}`],
    });
  });

  it('is never of a lower version than before', () => {
    whenEvent({ version: 1 }).then({
      breaks: [`The event factor.enrolled v2: its version was lowered to 1; ${readers}`],
    });
  });

  it('keeps its owner, in whose log it stands', () => {
    whenEvent({ owner: 'identity' }).then({
      breaks: [`The event factor.enrolled v2: its owner is identity now, and was factor-enrollment; ${readers}`],
    });
  });

  it('is never removed', () => {
    compared({ ...lastRelease, events: {} }).then({
      breaks: [`The event factor.enrolled v2 was removed, and stands in logs for ever; ${readers}`],
    });
  });

  it('with one reader more is news', () => {
    whenEvent({ readers: [...factorEnrolled.readers, 'notification'] }).then({
      news: ['The event factor.enrolled changed and stays readable.'],
    });
  });
});

describe('an operation between services', () => {
  it('breaks those who call it by what it asks or answers', () => {
    whenOperation({ request: loose({ token: z.int() }), reply: loose({}) }).then({
      breaks: [
        'The request of identity.authorise: `token` changed: type was string, is integer; it is called by gateway.',
        'The reply of identity.authorise: `personId` was removed; it is called by gateway.',
      ],
    });
  });

  it('that takes more than before is deployed before those who call it', () => {
    whenOperation({ request: loose({ token: z.string(), why: z.string().optional() }) }).then({
      news: [
        'The operation identity.authorise changed and stays readable: deploy identity before its callers ask for more.',
      ],
    });
  });

  it('§6.11 may answer a field more that its callers can do without, since some are deployed before it', () => {
    const reply = (why: z.ZodType) => ({ reply: loose({ personId: z.string(), why }) });
    const readable =
      'The operation identity.authorise changed and stays readable: deploy identity before its callers ask for more.';
    whenOperation(reply(z.string().optional())).then({ news: [readable] });
    whenOperation(reply(z.string().nullable().default(null))).then({ news: [readable] });
    whenOperation(reply(z.string())).then({
      breaks: ['The reply of identity.authorise: `why` was added as required; it is called by gateway.'],
    });
  });

  it('breaks those who answer by what it no longer asks', () => {
    whenOperation({ request: loose({}) }).then({
      breaks: ['The request of identity.authorise: `token` was removed; it is called by gateway.'],
    });
  });

  it('is for those who call it, until a release in which they no longer do', () => {
    whenOperation({ callers: [], allowed: [] }).then({
      breaks: ['The operation identity.authorise is no longer for gateway; it is called by gateway.'],
    });
    whenOperation({ callers: [] }).then({
      news: ['The operation identity.authorise changed and stays readable, not called by gateway any more.'],
    });
  });

  it('is removed only when nobody calls it any more', () => {
    const without = { ...lastRelease, operations: {} };
    compared(without).then({ breaks: ['The operation identity.authorise was removed; it is called by gateway.'] });
    compared(without, { ...lastRelease, operations: { 'identity.authorise': { ...authorise, callers: [] } } }).then({
      news: ['The operation identity.authorise was removed; nobody read it.'],
    });
  });

  it('may change at will while nobody calls it', () => {
    const uncalled = { ...lastRelease, operations: { 'identity.authorise': { ...authorise, callers: [] } } };
    const changed = { ...authorise, request: loose({}) };
    compared({ ...lastRelease, operations: { 'identity.authorise': changed } }, uncalled).then({
      news: ['The operation identity.authorise changed and stays readable.'],
    });
  });
});

describe('an endpoint of the public interface', () => {
  it('breaks the applications outside by what it asks or answers', () => {
    whenEndpoint({ request: schema({}), reply: schema({ status: z.literal(200) }) }).then({
      breaks: [
        'The request of startSignIn (POST /v1/sign-ins): `body` was removed; it is called by applications outside.',
        'The reply of startSignIn (POST /v1/sign-ins): `status` may now be 200; it is called by applications outside.',
        'The reply of startSignIn (POST /v1/sign-ins): `body` was removed; it is called by applications outside.',
      ],
    });
  });

  it('stays at its address', () => {
    whenEndpoint({ address: 'POST /v1/sessions' }).then({
      breaks: [
        'The address of startSignIn (POST /v1/sign-ins): it is POST /v1/sessions now; it is called by applications outside.',
      ],
    });
  });

  it('is never removed', () => {
    compared({ ...lastRelease, endpoints: {} }).then({
      breaks: ['The endpoint startSignIn (POST /v1/sign-ins) was removed; it is called by applications outside.'],
    });
  });

  it('may answer a field more, which applications outside pass over', () => {
    const body = z.strictObject({ signInId: z.string(), at: z.string() });
    whenEndpoint({ reply: schema({ status: z.literal(201), body }) }).then({
      news: ['The endpoint startSignIn changed and stays readable.'],
    });
  });
});

describe('a shape that stands around events or calls', () => {
  const when = (shapes: Release['shapes']) => compared({ ...lastRelease, shapes });

  it('may hold more, which readers of the last release pass over', () => {
    when({ statement, fact: { ...fact, data: loose({ at: z.string(), why: z.string().optional() }) } }).then({
      news: [
        'The shape fact changed and stays readable: deploy audit and identity before whoever writes more into it.',
      ],
    });
    when({ fact, statement: { ...statement, data: loose({ personId: z.string(), why: z.string().optional() }) } }).then(
      {
        news: ['The shape statement changed and stays readable: deploy challenge before whoever writes more into it.'],
      },
    );
  });

  it('breaks its readers by what it must hold, and by what it holds no longer', () => {
    when({ fact, statement: { ...statement, data: loose({ personId: z.string(), why: z.string() }) } }).then({
      breaks: ['The shape statement: `why` was added as required; it is read by challenge.'],
    });
    when({ fact, statement: { ...statement, data: loose({}) } }).then({
      breaks: ['The shape statement: `personId` was removed; it is read by challenge.'],
    });
  });

  it('may take other values, but for one that is kept with the event', () => {
    const kind = (...kinds: [string, ...string[]]) => loose({ kind: z.enum(kinds) });
    const before = { fact: { ...fact, data: kind('person') }, statement: { ...statement, data: kind('person') } };
    const last = { ...lastRelease, shapes: before };
    compared(
      { ...last, shapes: { ...before, statement: { ...statement, data: kind('person', 'device') } } },
      last,
    ).then({
      news: ['The shape statement changed and stays readable: deploy challenge before whoever writes more into it.'],
    });
    compared({ ...last, shapes: { ...before, fact: { ...fact, data: kind('person', 'device') } } }, last).then({
      breaks: ['The shape fact: `kind` may now be "device"; it is read by audit and identity.'],
    });
  });

  it('is never removed', () => {
    when({ fact }).then({ breaks: ['The shape statement was removed; it is read by challenge.'] });
  });
});
