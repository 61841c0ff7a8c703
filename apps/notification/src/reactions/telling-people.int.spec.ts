import type { EventData, Fact } from '@cofactor/contracts';
import { destroyPerson } from '@cofactor/secret-vault';
import type { RunningService } from '@cofactor/service-kit';
import { eventually } from '@cofactor/testkit';
import { NotificationModule } from '../app.module';
import { SmtpSink } from '../adapters/smtp-sink';
import { anyCall, pages, role, TestNotification } from '../test-notification';

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
const restart = async () => {
  await running.close();
  running = await start();
};
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

const enrolled: EventData<'factor.enrolled'> = {
  enrolmentId: 'enrolment-1',
  credentialId: 'credential-1',
  type: 'totp',
  name: 'Work phone',
  hint: 'ending 42',
  role: 'default',
  acceptedStep: 1,
  authority: { kind: 'session', id: 'session-1' },
};
const disabled = { credentialId: 'k', factorType: 'totp', hint: 'h', failures: 100 } as const;
const passed = {
  challengeId: 'c',
  signInId: 's',
  credentialId: 'k',
  hint: 'h',
  evidence: 1,
  signCount: null,
  amr: [],
  answerFingerprint: 'f',
};

const mailTo = (address: string) => sink.arrived.filter(({ recipients }) => recipients.includes(address));
const types = (facts: readonly Fact[]) => facts.map(({ type }) => type);
const until = (personId: string, wanted: readonly string[]) =>
  eventually(
    () => notification.facts(personId),
    (facts) => JSON.stringify(types(facts)) === JSON.stringify(wanted),
    15_000,
  );
/** Until everything that was committed has been taken, and nothing is in hand. */
async function quiet(): Promise<void> {
  const { owner, logs } = notification.databases;
  for (const [service, database] of [...logs, ['notification', owner] as const]) {
    await eventually(
      async () => {
        const [head] = await database.query<{ position: number }>('SELECT position FROM log_head');
        const [offset] = await owner.query<{ position: number }>(
          'SELECT position FROM consumer_offsets WHERE source = $1',
          [service],
        );
        return [head?.position, offset?.position];
      },
      ([head, offset]) => head === offset,
      15_000,
    );
  }
}

describe('a person is told by email', () => {
  it('HE8, R6: of every change, in words, at the address in the vault', async () => {
    await notification.hasAddress('sam', 'sam@riverside.example');
    await notification.happens('factor.enrolled', 'sam', enrolled);
    await notification.happens('factor.revoked', 'sam', {
      credentialId: 'credential-1',
      type: 'totp',
      name: 'Old phone',
      hint: 'h',
      reason: 'removed-by-person',
    });
    await notification.happens('recovery-codes.issued', 'sam', { credentialId: 'k', count: 10, replaced: 'old' });
    await notification.happens('challenge.passed', 'sam', { ...passed, factorType: 'recovery-code' });
    await notification.happens('challenge.passed', 'sam', { ...passed, factorType: 'totp' });
    await notification.happens('credential.disabled', 'sam', disabled);
    const mails = await eventually(
      () => mailTo('sam@riverside.example'),
      ({ length }) => length === 5,
    );
    await quiet();
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      'A recovery code was used to sign in',
      'A sign-in method was added to your account',
      'A sign-in method was disabled after too many wrong codes',
      'A sign-in method was removed from your account',
      'New recovery codes were made for your account',
    ]);
    const added = mails.find(({ subject }) => subject.includes('added'));
    expect(added?.text).toContain('“Work phone” was added to your account on Sunday 1 March 2026 at 09:29 (UTC)');
    expect(added?.text).toContain(`If this was not you: Sign in at ${pages}`);
  });

  it('and each message is a stream of facts that carries on who and where its cause was', async () => {
    await notification.hasAddress('ada', 'ada@riverside.example');
    const cause = await notification.happens('factor.enrolled', 'ada', enrolled);
    const [requested, sent] = await until('ada', ['message.requested', 'message.sent']);
    expect(requested?.data).toMatchObject({ about: { factId: cause, by: 'person', change: { name: 'Work phone' } } });
    for (const fact of [requested, sent]) {
      expect(fact?.envelope).toEqual({
        organisationIds: ['riverside'],
        actor: { kind: 'service', id: 'notification' },
        subject: { kind: 'person', id: 'ada' },
        origin: { requestId: 'request of ada', traceparent: null, sealed: null, sealedFor: 'ada' },
        policyVersion: 3,
      });
    }
    expect(sent?.stream).toBe(requested?.stream);
    expect(await notification.databases.owner.query('SELECT * FROM outgoing')).toEqual([]);
  });

  it('R6: at the address before and the one after, each once, though one of them is slow', async () => {
    await notification.hasAddress('ola', 'old.ola@riverside.example', 'old contact of ola');
    await notification.hasAddress('ola', 'new.ola@riverside.example', 'new contact of ola');
    sink.objections = { 'RCPT TO:<old.ola@riverside.example>': '451 4.3.0 try later' };
    await notification.happens('factor.enrolled', 'ola', enrolled);
    const facts = await until('ola', ['message.requested', 'message.failed']);
    expect(facts[1]?.data).toMatchObject({ reason: 'provider-unavailable', final: false });
    sink.objections = {};
    notification.clock.advance(30);
    await restart();
    await until('ola', ['message.requested', 'message.failed', 'message.sent']);
    const [first, second] = ['new.ola', 'old.ola'].map((name) => mailTo(`${name}@riverside.example`));
    expect([first?.length, second?.length]).toEqual([1, 1]);
    expect(second?.[0]?.text).toBe(first?.[0]?.text);
  });

  it('HE8: with the network and device, coarsely, where the person did it themselves', async () => {
    await notification.hasAddress('una', 'una@riverside.example');
    const source = { ip: '203.0.113.77', userAgent: 'Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0' };
    const sealed = await notification.personalFields.seal('una', source);
    const origin = { requestId: 'request-1', traceparent: null, sealed, sealedFor: 'una' };
    await notification.happens('factor.enrolled', 'una', enrolled, { origin });
    const actor = { kind: 'person', id: 'amara' } as const;
    await notification.happens('credential.disabled', 'una', disabled, { origin, actor });
    const mails = await eventually(
      () => mailTo('una@riverside.example'),
      ({ length }) => length === 2,
    );
    const [own, others] = ['added', 'disabled'].map((word) => mails.find(({ subject }) => subject.includes(word)));
    expect(own?.text).toContain('From the network: 203.0.113.0/24\nWith: Firefox on Windows\n');
    expect(others?.text).toContain('Done by: an administrator of your practice\n');
    for (const mail of mails) expect(`${mail.text}${mail.html}`).not.toMatch(/203\.0\.113\.77|Mozilla/);
    expect(others?.text).not.toContain('203.0.113');
  });

  it('§6.9: once per fact, however often it is delivered, over restarts too', async () => {
    await notification.hasAddress('eve', 'eve@riverside.example');
    for (let count = 0; count < 3; count += 1) await notification.happens('factor.enrolled', 'eve', enrolled);
    await eventually(
      () => mailTo('eve@riverside.example'),
      ({ length }) => length === 3,
    );
    await quiet();
    await running.close();
    await notification.redeliver();
    running = await start();
    await quiet();
    expect(mailTo('eve@riverside.example')).toHaveLength(3);
    expect(types(await notification.facts('eve')).filter((type) => type === 'message.requested')).toHaveLength(3);
    expect(await notification.databases.owner.query('SELECT * FROM dead_letters')).toEqual([]);
  });

  it('§6.9: once by two replicas', async () => {
    const replica = await start();
    await notification.hasAddress('max', 'max@riverside.example');
    for (let count = 0; count < 20; count += 1) await notification.happens('factor.enrolled', 'max', enrolled);
    await eventually(
      () => mailTo('max@riverside.example'),
      ({ length }) => length >= 20,
    );
    await quiet();
    await replica.close();
    expect(mailTo('max@riverside.example')).toHaveLength(20);
  });
});

describe('when it does not go through', () => {
  it('is tried again later, with the same Message-ID', async () => {
    sink.objections = { DOT: '451 4.3.0 try later' };
    await notification.hasAddress('kim', 'kim@riverside.example');
    await notification.happens('factor.enrolled', 'kim', enrolled);
    await until('kim', ['message.requested', 'message.failed']);
    sink.objections = {};
    await restart();
    expect(mailTo('kim@riverside.example')).toEqual([]);
    notification.clock.advance(30);
    await restart();
    const facts = await until('kim', ['message.requested', 'message.failed', 'message.sent']);
    expect(facts.map(({ data }) => (data as { attempt?: number }).attempt)).toEqual([undefined, 1, 2]);
    const [first, second] = sink.headers.map((headers) => /^Message-ID: (.*)$/m.exec(headers)?.[1]);
    expect(second).toBe(first);
    expect(sink.headers).toHaveLength(2);
  });

  it('§6.9: is not asked for again when its fact comes again while it waits', async () => {
    sink.objections = { DOT: '451 4.3.0 try later' };
    await notification.hasAddress('rio', 'rio@riverside.example');
    await notification.happens('factor.enrolled', 'rio', enrolled);
    await until('rio', ['message.requested', 'message.failed']);
    await quiet();
    await running.close();
    await notification.redeliver();
    running = await start();
    await quiet();
    expect(types(await notification.facts('rio'))).toEqual(['message.requested', 'message.failed']);
    expect(await notification.databases.owner.query('SELECT stream, error_message FROM dead_letters')).toEqual([]);
  });

  it('is given up after eight tries', async () => {
    sink.objections = { MAIL: '451 4.3.0 try later' };
    await notification.hasAddress('lee', 'lee@riverside.example');
    await notification.happens('factor.enrolled', 'lee', enrolled);
    for (let tries = 1; tries <= 8; tries += 1) {
      await until('lee', ['message.requested', ...Array.from({ length: tries }, () => 'message.failed')]);
      notification.clock.advance(30 * 2 ** (tries - 1));
      await restart();
    }
    const last = (await notification.facts('lee')).at(-1);
    expect(last?.data).toEqual(expect.objectContaining({ attempt: 8, reason: 'provider-unavailable', final: true }));
    expect(await notification.databases.owner.query('SELECT * FROM outgoing')).toEqual([]);
  });

  it('§6.9: is sent again, with the same Message-ID, after a crash between sending and recording', async () => {
    const { owner } = notification.databases;
    await notification.hasAddress('zoe', 'zoe@riverside.example');
    let take = (): void => undefined;
    sink.beforeTaking = new Promise((resolve) => (take = resolve));
    await notification.happens('factor.enrolled', 'zoe', enrolled);
    await eventually(
      () => sink.headers,
      ({ length }) => length === 1,
    );
    // From here on the service can record nothing, as if it had died; the provider takes the mail all the same.
    await owner.query(`REVOKE INSERT ON events FROM ${role}`);
    take();
    await eventually(
      () => notification.logged,
      (lines) => lines.some((line) => line.includes('message not sent')),
    );
    await owner.query(`GRANT INSERT ON events TO ${role}`);
    expect(types(await notification.facts('zoe'))).toEqual(['message.requested']);
    notification.clock.advance(60);
    await restart();
    await until('zoe', ['message.requested', 'message.sent']);
    const [first, second] = mailTo('zoe@riverside.example');
    expect(second).toEqual(first);
  });

  it('is given up at once when the person has been erased', async () => {
    await notification.hasAddress('ghost', 'ghost@riverside.example');
    await destroyPerson(notification.databases.vault, { personErased: () => Promise.resolve() }, 'ghost');
    await notification.happens('factor.enrolled', 'ghost', enrolled);
    const facts = await until('ghost', ['message.requested', 'message.failed']);
    expect(facts[1]?.data).toEqual(expect.objectContaining({ attempt: 1, reason: 'no-address', final: true }));
  });

  it('goes on by itself after its own database was away', async () => {
    const { owner } = notification.databases;
    await notification.hasAddress('gus', 'gus@riverside.example');
    await owner.query('ALTER TABLE outgoing RENAME TO outgoing_away');
    try {
      await eventually(
        () => notification.logged,
        (lines) => lines.some((line) => line.includes('messages wait: the database does not answer')),
        15_000,
      );
    } finally {
      await owner.query('ALTER TABLE outgoing_away RENAME TO outgoing');
    }
    await notification.happens('factor.enrolled', 'gus', enrolled);
    await until('gus', ['message.requested', 'message.sent']);
  });

  it('waits while the vault is away, and costs no try', async () => {
    const { vault } = notification.databases;
    await notification.hasAddress('ivy', 'ivy@riverside.example');
    await vault.query('ALTER TABLE contact RENAME TO contact_away');
    await notification.happens('factor.enrolled', 'ivy', enrolled);
    await until('ivy', ['message.requested']);
    const complaints = () => notification.logged.filter((line) => line.includes('message not sent')).length;
    const before = complaints();
    notification.clock.advance(60);
    await restart();
    await eventually(complaints, (count) => count > before);
    await vault.query('ALTER TABLE contact_away RENAME TO contact');
    notification.clock.advance(60);
    await restart();
    const facts = await until('ivy', ['message.requested', 'message.sent']);
    expect(facts[1]?.data).toEqual(expect.objectContaining({ attempt: 1 }));
  });
});

it('a provider that hangs does not keep the service from stopping within 10 s', async () => {
  sink.beforeTaking = new Promise(() => undefined);
  await notification.hasAddress('sue', 'sue@riverside.example');
  await notification.happens('factor.enrolled', 'sue', enrolled);
  await eventually(
    () => sink.headers,
    ({ length }) => length === 1,
  );
  const started = performance.now();
  await running.close();
  expect(performance.now() - started).toBeLessThan(9_000);
  await sink.stop();
  sink = await SmtpSink.start();
  notification.clock.advance(60);
  running = await start();
  await until('sue', ['message.requested', 'message.sent']);
});

describe('I4', () => {
  it('no address stands in any table or log line of notification', async () => {
    const canary = 'canary.address@riverside.example';
    await notification.hasAddress('canary', canary);
    await notification.happens('factor.enrolled', 'canary', enrolled);
    await eventually(
      () => mailTo(canary),
      ({ length }) => length === 1,
    );
    sink.objections = { RCPT: `550 5.1.1 <${canary}> unknown` };
    await notification.happens('factor.enrolled', 'canary', enrolled);
    await until('canary', ['message.requested', 'message.sent', 'message.requested', 'message.failed']);
    const { owner } = notification.databases;
    const tables = await owner.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    expect(tables.length).toBeGreaterThan(5);
    for (const { name } of tables) {
      const rows = await owner.query(`SELECT row_to_json(t)::text AS row FROM ${name} AS t`);
      expect(JSON.stringify(rows)).not.toContain('canary.address');
    }
    expect(notification.logged.length).toBeGreaterThan(0);
    expect(notification.logged.join()).not.toContain('canary.address');
  });
});

it('a production start refuses the local outbox', () => {
  const parts = notification.parts(notification.databases.owner, { kind: 'outbox' });
  expect(() => NotificationModule.register({ ...parts, mode: 'production' })).toThrow(
    'set SMTP_URL or SES_REGION, and MAIL_FROM',
  );
});

it('the outbox holds no mail with a real mailer', async () => {
  await notification.hasAddress('noor', 'noor@riverside.example');
  await notification.happens('factor.enrolled', 'noor', enrolled);
  await until('noor', ['message.requested', 'message.sent']);
  expect(await running.operations.dispatch('readOutbox', {}, anyCall)).toEqual({ messages: [] });
});

it('the local outbox shows what would have been sent, newest first', async () => {
  await running.close();
  const local = await notification.run({ kind: 'outbox' });
  await notification.hasAddress('pat', 'pat@riverside.example');
  await notification.happens('factor.enrolled', 'pat', enrolled);
  const reply = await eventually(
    async () => (await local.operations.dispatch('readOutbox', {}, anyCall)) as { messages: { to: string }[] },
    ({ messages }) => messages.length === 1,
  );
  expect(reply.messages).toEqual([expect.objectContaining({ channel: 'email', to: 'pat@riverside.example' })]);
  expect(await local.health()).toEqual({ database: true });
  await local.close();
  running = await start();
});
