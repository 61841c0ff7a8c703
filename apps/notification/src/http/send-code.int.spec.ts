import type { Envelope } from '@cofactor/contracts';
import type { RunningService } from '@cofactor/service-kit';
import { eventually } from '@cofactor/testkit';
import { SmtpSink } from '../adapters/smtp-sink';
import { anyCall, pages, TestNotification } from '../test-notification';

let notification: TestNotification;
let sink: SmtpSink;
let running: RunningService;
const start = () =>
  notification.run({
    kind: 'smtp',
    url: sink.url,
    from: 'Cofactor <no-reply@riverside.example>',
    host: 'riverside.example',
  });
beforeAll(async () => {
  notification = await TestNotification.start();
});
afterAll(() => notification.stop());
beforeEach(async () => {
  sink = await SmtpSink.start();
  running = await start();
});
afterEach(async () => {
  await running.close();
  await sink.stop();
});

let people = 0;
const aPerson = (): string => `person-of-code-${++people}`;
const soon = (seconds: number): string => new Date(notification.clock.now().getTime() + seconds * 1000).toISOString();
const envelopeFor = (personId: string): Envelope => ({
  organisationIds: ['riverside'],
  actor: { kind: 'person', id: personId },
  subject: { kind: 'person', id: personId },
  origin: { requestId: 'request-1', traceparent: null, sealed: null, sealedFor: personId },
  policyVersion: 3,
});
const aCode = (personId: string, differing: object = {}) => ({
  personId,
  occasion: { id: `challenge-of-${personId}`, purpose: 'sign-in', asked: 0 },
  to: { kind: 'login-address' },
  code: '407193',
  expiresAt: soon(600),
  envelope: envelopeFor(personId),
  ...differing,
});
const send = (request: object, service = running) => service.operations.dispatch('sendCode', request, anyCall);
const mailTo = (address: string) => sink.arrived.filter(({ recipients }) => recipients.includes(address));
const typesOf = async (personId: string) => (await notification.facts(personId)).map(({ type }) => type);

describe('a code by email', () => {
  it('arrives at the login address before the reply, and what became of it is a fact', async () => {
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    expect(await send(aCode(personId))).toEqual({ delivery: 'sent' });
    const [mail] = mailTo(`${personId}@riverside.example`);
    expect(mail?.subject).toBe('Your code to sign in');
    expect(mail?.text.match(/\d{6}/g)).toEqual(['407193']);
    expect(mail?.text).toContain(pages);
    expect(await typesOf(personId)).toEqual(['message.requested', 'message.sent']);
  });

  it('is sent once for each asking, however often the same is asked of us', async () => {
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    const request = aCode(personId);
    await send(request);
    expect(await send(request)).toEqual({ delivery: 'sent' });
    expect(mailTo(`${personId}@riverside.example`)).toHaveLength(1);
    await send({ ...request, occasion: { ...request.occasion, asked: 1 } });
    expect(mailTo(`${personId}@riverside.example`)).toHaveLength(2);
  });

  it('without an address is refused, and that is a fact', async () => {
    const personId = aPerson();
    await expect(send(aCode(personId))).rejects.toMatchObject({ code: 'code-not-sent' });
    expect(await typesOf(personId)).toEqual(['message.requested', 'message.failed']);
  });

  it('is tried again while it lives, when the provider is away', async () => {
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    const { url } = sink;
    await sink.stop();
    expect(await send(aCode(personId))).toEqual({ delivery: 'delayed' });
    sink = await SmtpSink.start(Number(new URL(url).port));
    await eventually(
      () => Promise.resolve(mailTo(`${personId}@riverside.example`)),
      (arrived) => arrived.length === 1,
      15_000,
    );
  });

  it('§6.9: in the hand of a process that ended is over with its time, and never sent late', async () => {
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    await sink.stop();
    expect(await send(aCode(personId, { expiresAt: soon(4) }))).toEqual({ delivery: 'delayed' });
    await running.close();
    notification.clock.advance(4);
    sink = await SmtpSink.start();
    running = await start();
    const facts = await eventually(
      () => notification.facts(personId),
      (all) => all.at(-1)?.type === 'message.failed' && JSON.stringify(all.at(-1)?.data).includes('expired'),
      15_000,
    );
    expect(facts.at(-1)?.data).toMatchObject({ template: 'code', reason: 'expired', final: true });
    expect(mailTo(`${personId}@riverside.example`)).toEqual([]);
  });

  it('§5: stops at the ceiling of a person, also where many are asked for at once, until the window is over', async () => {
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    const ask = (asked: number) => {
      const request = aCode(personId);
      return send({ ...request, occasion: { ...request.occasion, asked } });
    };
    const asked = await Promise.allSettled(Array.from({ length: 25 }, (_, index) => ask(index)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(mailTo(`${personId}@riverside.example`)).toHaveLength(20);
    await expect(ask(30)).rejects.toMatchObject({ code: 'too-many-codes', extras: { retryAfter: 3_600 } });
    expect(
      await send({
        ...aCode(personId),
        occasion: { ...aCode(personId).occasion, asked: asked.findIndex(({ status }) => status === 'fulfilled') },
      }),
    ).toEqual({ delivery: 'sent' });

    const other = aPerson();
    await notification.hasAddress(other, `${other}@riverside.example`);
    expect(await send(aCode(other))).toEqual({ delivery: 'sent' });
    await running.close();
    running = await start();
    await expect(ask(31)).rejects.toMatchObject({ code: 'too-many-codes' });
    notification.clock.advance(3_600);
    expect(await ask(32)).toEqual({ delivery: 'sent' });
    expect(notification.logged.join()).toContain('a ceiling is reached');
    const refused = (await notification.facts(personId)).filter(({ type }) => type === 'message.refused');
    expect(refused).toHaveLength(7);
    expect(refused[0]).toMatchObject({
      data: { personId, channel: 'email', ceiling: 'person' },
      envelope: { organisationIds: ['riverside'], subject: { kind: 'person', id: personId } },
    });
  });

  it('§5: counts the sources of one IPv6 network as one, however many addresses its holder takes', async () => {
    const askFrom = (ip: string, request: object) =>
      running.operations.dispatch('sendCode', request, { ...anyCall, source: { ...anyCall.source, ip } });
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    notification.clock.advance(3_600);
    await askFrom('2001:db8:7:7::1', aCode(personId));
    const { owner } = notification.databases;
    await owner.query('UPDATE sent_counts SET sent = most WHERE most = 1000');
    const other = aPerson();
    await notification.hasAddress(other, `${other}@riverside.example`);
    await expect(askFrom('2001:db8:7:7:a:b:c:d', aCode(other))).rejects.toMatchObject({ code: 'too-many-codes' });
    await expect(askFrom('2001:db8:7:8::1', aCode(other, { expiresAt: soon(601) }))).resolves.toEqual({
      delivery: 'sent',
    });
  });

  it('§5: leaves codes to sign in to whom somebody sends links, or sets up their number, as often as may be', async () => {
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    const ask = (purpose: string, asked: number) =>
      send(aCode(personId, { occasion: { id: `asked-for-${personId}`, purpose, asked } }));
    for (let asked = 0; asked < 20; asked += 1) await ask('set-up', asked);
    await expect(ask('set-up', 20)).rejects.toMatchObject({ code: 'too-many-codes' });
    expect(await ask('sign-in', 0)).toEqual({ delivery: 'sent' });
  });

  it('I4: stands in no fact, table or log line', async () => {
    const personId = aPerson();
    await notification.hasAddress(personId, `${personId}@riverside.example`);
    await send(aCode(personId, { code: '918273' }));
    const { owner } = notification.databases;
    for (const table of ['events', 'streams', 'outgoing', 'sent_counts']) {
      const rows = await owner.query(`SELECT ${table}::text FROM ${table}`);
      expect(JSON.stringify(rows)).not.toMatch(/(?<!\d)918273(?!\d)/);
    }
    expect(notification.logged.join()).not.toMatch(/(?<!\d)918273(?!\d)/);
  });
});
