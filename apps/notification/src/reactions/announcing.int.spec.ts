import { presets, type EventData } from '@cofactor/contracts';
import type { RunningService } from '@cofactor/service-kit';
import { eventually } from '@cofactor/testkit';
import { SmtpSink } from '../adapters/smtp-sink';
import { role, TestNotification } from '../test-notification';

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
  sink = await SmtpSink.start();
  running = await start();
});
afterAll(async () => {
  await running.close();
  await sink.stop();
  await notification.stop();
});

let practices = 0;
async function aPracticeOf(people: number): Promise<string> {
  const organisationId = `practice-${++practices}`;
  const members = Array.from({ length: people }, (_, index) => `${organisationId}-${String(index).padStart(4, '0')}`);
  notification.people.members.set(organisationId, members);
  await Promise.all(members.slice(0, 3).map((one) => notification.hasAddress(one, `${one}@riverside.example`)));
  return organisationId;
}

const enforced = (
  organisationId: string,
  changed = ['enforced'],
  isOn = true,
): EventData<'organisation.policy-changed'> => ({
  organisationId,
  policy: { ...presets.healthcode, enforced: isOn },
  policyVersion: 2,
  changed,
});
const switchOn = (organisationId: string, differing: Partial<EventData<'organisation.policy-changed'>> = {}) =>
  notification.happens(
    'organisation.policy-changed',
    organisationId,
    { ...enforced(organisationId), ...differing },
    { subject: { kind: 'organisation', id: organisationId } },
  );
/** Who was told, as often as they were. */
async function told(organisationId: string): Promise<readonly string[]> {
  const rows = await notification.databases.owner.query<{ personId: string }>(
    `SELECT envelope->'subject'->>'id' AS "personId" FROM events
     WHERE envelope->'subject'->>'id' LIKE $1 AND type = 'message.requested'`,
    [`${organisationId}-%`],
  );
  return rows.map(({ personId }) => personId);
}
const untilTold = (organisationId: string, people: number) =>
  eventually(
    () => told(organisationId),
    ({ length }) => length >= people,
    40_000,
  );
const waiting = () => notification.databases.owner.query('SELECT fact_id FROM announcements');
const untilNothingWaits = () => eventually(waiting, ({ length }) => length === 0, 40_000);

/** Until every fact of identity has been taken in. */
async function untilCaughtUp(): Promise<void> {
  const { owner, logs } = notification.databases;
  const [head] = (await logs.get('identity')?.query<{ position: number }>('SELECT position FROM log_head')) ?? [];
  await eventually(
    () => owner.query<{ position: number }>("SELECT position FROM consumer_offsets WHERE source = 'identity'"),
    ([offset]) => head !== undefined && offset?.position === head.position,
    40_000,
  );
}

describe('enforcement that is switched on', () => {
  it('HE8, HC8: is told to everyone of the practice whom it concerns, by name of the practice, once each', async () => {
    const practice = await aPracticeOf(3);
    await switchOn(practice);
    const mails = await eventually(
      () => sink.arrived.filter(({ recipients }) => recipients.join().includes(practice)),
      ({ length }) => length === 3,
      40_000,
    );
    expect(new Set(mails.flatMap(({ recipients }) => recipients)).size).toBe(3);
    for (const { subject, text } of mails) {
      expect(subject).toBe('Two-factor authentication is now required');
      expect(text).toContain('Riverside Practice asks for a second factor at every sign-in since');
      expect(text).not.toMatch(/not-me|From the network/);
    }
    await untilNothingWaits();
  });

  it('§6.9: reaches hundreds page by page, nobody twice, though it comes again and by two replicas', async () => {
    const practice = await aPracticeOf(450);
    const replica = await start();
    notification.people.asked = 0;
    await switchOn(practice);
    await untilTold(practice, 450);
    await untilNothingWaits();
    expect(notification.people.asked).toBe(3);
    await Promise.all([replica.close(), running.close()]);
    await notification.redeliver();
    running = await start();
    await eventually(
      () => notification.people.asked,
      (asked) => asked >= 6,
      40_000,
    );
    await untilNothingWaits();
    expect(await told(practice)).toHaveLength(450);
  });

  it('§6.9: goes on behind the page that it had come to, after a crash', async () => {
    const practice = await aPracticeOf(450);
    const { owner } = notification.databases;
    notification.people.asked = 0;
    const real = notification.people.listPeopleToTell;
    notification.people.listPeopleToTell = async (asked, context) => {
      if (asked.after !== null) await owner.query(`REVOKE INSERT ON events FROM ${role}`);
      return real(asked, context);
    };
    await switchOn(practice);
    await eventually(
      () => notification.logged.filter((line) => line.includes('an announcement waits')),
      ({ length }) => length > 0,
      40_000,
    );
    expect(await told(practice)).toHaveLength(200);
    notification.people.listPeopleToTell = real;
    await owner.query(`GRANT INSERT ON events TO ${role}`);
    await running.close();
    notification.clock.advance(30);
    running = await start();
    await untilTold(practice, 450);
    await untilNothingWaits();
    expect(await told(practice)).toHaveLength(450);
  });

  it('waits while identity is away, and keeps no other message waiting', async () => {
    const practice = await aPracticeOf(3);
    notification.people.answers = false;
    await switchOn(practice);
    await eventually(waiting, ({ length }) => length === 1, 40_000);
    await notification.hasAddress('kit', 'kit@riverside.example');
    const disabled = { credentialId: 'k', factorType: 'totp', hint: 'h', failures: 100 } as const;
    await notification.happens('credential.disabled', 'kit', disabled);
    await eventually(
      () => sink.arrived.filter(({ recipients }) => recipients.includes('kit@riverside.example')),
      ({ length }) => length === 1,
      40_000,
    );
    expect(await told(practice)).toEqual([]);
    notification.people.answers = true;
    notification.clock.advance(30);
    await untilTold(practice, 3);
  });

  it('is not told again by another change of the rules, nor when it is switched off, nor weeks later', async () => {
    const practices = await Promise.all([aPracticeOf(1), aPracticeOf(1), aPracticeOf(1)]);
    const [other = '', off = '', patients = ''] = practices;
    await switchOn(other, enforced(other, ['session.idle']));
    await switchOn(off, enforced(off, ['enforced'], false));
    await switchOn(patients, enforced(patients, ['coversPatients']));
    await untilTold(patients, 1);
    const late = await aPracticeOf(1);
    notification.clock.advance(8 * 86_400);
    await switchOn(late);
    await untilCaughtUp();
    for (const practice of [other, off, late]) expect(await told(practice)).toEqual([]);
  });
});

describe('a report that a change was not theirs', () => {
  const day = 86_400_000;
  const reported = (personId: string, at: string) =>
    notification.happens(
      'factor-changes.frozen',
      personId,
      {
        personId,
        until: new Date(Date.parse(at) + day).toISOString(),
        messageId: `message-of-${personId}`,
        factId: `fact-of-${personId}`,
      },
      {},
      at,
    );
  const mailsTo = (name: string) =>
    sink.arrived.filter(
      ({ recipients, subject }) => recipients.includes(`${name}@host.example`) && subject.startsWith('Somebody'),
    );

  it('HE8: is told to everyone of support, without a name, a network or a link, once a day about one person', async () => {
    notification.people.support.push('rio', 'ash');
    await Promise.all(['rio', 'ash'].map((name) => notification.hasAddress(name, `${name}@host.example`)));
    const today = notification.clock.now().getTime();
    const on = (days: number, time: string) => `${new Date(today + days * day).toISOString().slice(0, 10)}T${time}Z`;
    // Over by now: there is nothing left to look at.
    await reported('jo', new Date(today - day).toISOString());
    await reported('robin', on(0, '09:29:58.000'));
    await eventually(
      () => [...mailsTo('rio'), ...mailsTo('ash')],
      ({ length }) => length === 2,
      40_000,
    );
    const [mail] = mailsTo('rio');
    expect(mail?.subject).toBe('Somebody reported a change that was not theirs');
    expect(mail?.text).toContain('open Support');
    expect(mail?.text).not.toMatch(/robin|not-me|From the network|With:|Done by/);
    await reported('robin', on(0, '23:59:59.000'));
    await reported('charlie', on(0, '23:59:59.000'));
    await reported('robin', on(1, '00:00:00.000'));
    await eventually(
      () => mailsTo('rio'),
      ({ length }) => length >= 3,
      40_000,
    );
    await untilNothingWaits();
    expect(mailsTo('rio')).toHaveLength(3);
    const rows = await notification.databases.owner.query<{ organisations: unknown }>(
      `SELECT envelope->'organisationIds' AS organisations FROM events
       WHERE type = 'message.requested' AND data->>'template' = 'change-reported'`,
    );
    expect(rows.map(({ organisations }) => organisations)).toEqual([[], [], [], [], [], []]);
  });
});

describe('a reset that waits for a second person', () => {
  const requested = (
    reason: 'administrator-request' | 'support-request',
    differing: Partial<EventData<'reset.requested'>>,
  ) =>
    notification.happens('reset.requested', 'robin', {
      resetId: `reset-${(resets += 1)}`,
      personId: 'robin',
      requestedBy: 'asker',
      reason,
      explanation: null,
      approval: { kind: 'needed', organisationIds: ['elm'], expiresAt: '2026-03-20T09:30:00.000Z' },
      ...differing,
    });
  let resets = 0;
  /** Who was told that one waits, as often as they were. */
  const asked = async (): Promise<readonly string[]> => {
    const rows = await notification.databases.owner.query<{ personId: string }>(
      `SELECT data->>'personId' AS "personId" FROM events
       WHERE type = 'message.requested' AND data->>'template' = 'reset-awaits-approval' ORDER BY 1`,
    );
    return rows.map(({ personId }) => personId);
  };
  const untilAsked = (count: number) => eventually(asked, ({ length }) => length >= count, 40_000);

  it('BX5: is told to the administrators who can approve it, not to who asked nor to the person concerned', async () => {
    notification.people.administrators.set('elm', ['asker', 'kim', 'robin', 'val']);
    await requested('administrator-request', {});
    expect(await untilAsked(2)).toEqual(['kim', 'val']);
    await untilNothingWaits();
    await requested('administrator-request', { approval: { kind: 'not-needed' } });
    const over = notification.clock.now().toISOString();
    await requested('administrator-request', {
      approval: { kind: 'needed', organisationIds: ['elm'], expiresAt: over },
    });
    await requested('support-request', { requestedBy: 'rio' });
    expect(await untilAsked(6)).toEqual(['ash', 'asker', 'kim', 'kim', 'val', 'val']);
    await untilNothingWaits();
    expect(await asked()).toHaveLength(6);
  });
});

describe('what somebody is in a practice', () => {
  const membership = { personId: 'ines', organisationId: 'elm' };
  const byTheManager = { actor: { kind: 'person' as const, id: 'amara' }, organisationIds: ['elm'] };
  const mails = () => sink.arrived.filter(({ recipients }) => recipients.includes('ines@riverside.example'));
  const untilMails = (count: number) => eventually(mails, ({ length }) => length >= count, 40_000);
  const now = () => notification.clock.now().toISOString();
  const changed = (roles: EventData<'person.roles-changed'>['roles']) =>
    notification.happens('person.roles-changed', 'ines', { ...membership, roles }, byTheManager, now());

  it('HE8: is told to them by the name of the practice when it changes, and when it ends', async () => {
    await notification.hasAddress('ines', 'ines@riverside.example');
    await changed(['administrator', 'analyst']);
    const [first] = await untilMails(1);
    expect(first?.subject).toBe('What you are in a practice has changed');
    expect(first?.text).toContain('Your roles in “Riverside Practice” were changed to administrator and analyst on');
    expect(first?.text).toContain('Done by: an administrator of the practice');
    expect(first?.text).not.toMatch(/not-me|From the network/);
    await notification.happens('person.left-organisation', 'ines', membership, byTheManager, now());
    const [, second] = await untilMails(2);
    expect(second?.text).toContain('You were removed from “Riverside Practice” on');
    await untilNothingWaits();
  });

  it('R6: is told once a day for the same roles, so that nobody floods a mailbox', async () => {
    for (const roles of [['analyst'], ['member', 'analyst'], ['analyst', 'member'], ['analyst']] as const) {
      await changed([...roles]);
    }
    await untilMails(4);
    await untilCaughtUp();
    await untilNothingWaits();
    expect(mails()).toHaveLength(4);
  });

  it('waits while identity is away, is told once though it comes again, and not weeks later', async () => {
    notification.people.answers = false;
    await changed(['member']);
    await eventually(waiting, ({ length }) => length === 1, 40_000);
    // The release before takes what names a practice for an enforcement, and would tell all of it so.
    const kept = await notification.databases.owner.query(
      "SELECT what->>'organisationId' AS practice FROM announcements",
    );
    expect(kept).toEqual([{ practice: null }]);
    notification.people.answers = true;
    notification.clock.advance(30);
    expect(await untilMails(5)).toHaveLength(5);
    await notification.redeliver();
    const earlier = now();
    notification.clock.advance(8 * 86_400);
    const roles = { ...membership, roles: ['patient' as const] };
    await notification.happens('person.roles-changed', 'ines', roles, byTheManager, earlier);
    await untilCaughtUp();
    await untilNothingWaits();
    expect(mails()).toHaveLength(5);
  });
});
