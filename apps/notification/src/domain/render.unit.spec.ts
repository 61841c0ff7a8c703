import { noticeTemplateSchema, type NoticeTemplate } from '@cofactor/contracts';
import { readableTextOf } from './mail-body.fixture';
import type { NoticeMessage } from './message';
import { renderNotice, type Surroundings } from './render';

const pages = 'https://sign-in.riverside.example';
const link = `${pages}/not-me#019d0000-0000-7000-8000-000000000001.s3cret`;
const around: Surroundings = {
  pages,
  timeZone: 'UTC',
  where: { network: '203.0.113.0/24', device: 'Firefox on Windows' },
  link,
};
type About = NoticeMessage['about'];
const at = '2026-11-22T16:48:59.123Z';
const work = { kind: 'factor', factorType: 'totp', name: 'Work phone' } as const;
const changes: Readonly<Partial<Record<NoticeTemplate, About['change']>>> = {
  'roles-changed': {
    kind: 'roles',
    default: { type: 'webauthn', name: 'Desk computer' },
    secondary: { type: 'totp', name: 'Work phone' },
  },
  'enforcement-on': { kind: 'enforcement', practice: 'Riverside Practice' },
  'changes-frozen': { kind: 'freeze', until: '2026-11-23T16:48:59.123Z' },
  'change-reported': { kind: 'freeze', until: '2026-11-23T16:48:59.123Z' },
  'reset-not-approved': { kind: 'reset-over', outcome: 'expired' },
  'reset-awaits-approval': { kind: 'approval', until: '2026-11-23T16:48:59.123Z' },
  'membership-changed': { kind: 'membership', practice: 'Riverside\n$& Practice', roles: ['administrator', 'analyst'] },
  'appointment-changed': { kind: 'appointment', role: 'support', holds: true },
};
const message = (template: NoticeTemplate, about: Partial<About> = {}): NoticeMessage => ({
  messageId: 'message-1',
  personId: 'sam',
  template,
  channel: 'email',
  about: { factId: 'fact-1', at, by: 'person', change: changes[template] ?? work, ...about },
});
const added = (name: string | null, factorType: 'totp' | null = 'totp') =>
  renderNotice(message('factor-added', { change: { kind: 'factor', factorType, name } }), around);

describe('a message in words', () => {
  it('HE8, R6: says what changed, when, from where, with which device, and what to do', () => {
    const { subject, text } = renderNotice(message('factor-added'), around);
    expect({ subject, text }).toEqual({
      subject: 'A sign-in method was added to your account',
      text: `Hello,

Your authenticator app “Work phone” was added to your account on Sunday 22 November 2026 at 16:48 (UTC). It can now confirm that it is you who signs in.

Exact time: 2026-11-22T16:48:59.123Z
From the network: 203.0.113.0/24
With: Firefox on Windows

If this was you, there is nothing to do.

If this was not you: Sign in at ${pages} and open Security. Remove the method that you do not know and get new recovery codes. Tell the manager of your practice straight away, by phone or in person. Say that someone else may know your password.

To stop further changes for 24 hours and sign out everywhere, open this page and press its button. The link works once, for seven days, and needs no sign-in:

${link}

Cofactor sends this because the way you sign in has changed. It never asks for your password or a code.
`,
    });
  });

  it.each([
    ['factor-removed', 'Your authenticator app “Work phone” was removed from your account on Sunday 22'],
    ['recovery-code-used', 'One of your recovery codes was used to sign in on Sunday 22'],
    ['recovery-codes-issued', 'New recovery codes were made for your account on Sunday 22'],
    ['credential-disabled', 'Your authenticator app “Work phone” was disabled on Sunday 22'],
    ['factors-reset', 'All your sign-in methods and recovery codes were cleared on Sunday 22'],
    ['reset-requested', 'A reset of all your sign-in methods was asked for on Sunday 22'],
    [
      'roles-changed',
      'The default is now your passkey “Desk computer”, and the secondary one is your authenticator app “Work phone”.',
    ],
    ['enforcement-on', 'Riverside Practice asks for a second factor at every sign-in since Sunday 22'],
    ['changes-frozen', 'nothing can be added, removed or changed until Monday 23 November 2026 at 16:48 (UTC)'],
    ['reset-not-approved', 'that was asked for ended, since nobody agreed to it in time, on Sunday 22'],
    ['reset-awaits-approval', 'ends by itself on Monday 23 November 2026 at 16:48 (UTC)'],
    [
      'membership-changed',
      'Your roles in “Riverside $& Practice” were changed to administrator and analyst on Sunday 22',
    ],
    ['appointment-changed', 'You were taken into the support of this installation of Cofactor on Sunday 22'],
    ['change-reported', 'somebody reported that a change of their sign-in methods was not theirs'],
  ] as const)('HE8: %s says "%s …"', (template, happened) => {
    expect(renderNotice(message(template), around).text).toContain(happened);
  });

  it('takes nothing in the name of a practice for a place to fill', () => {
    const change: About['change'] = { kind: 'membership', practice: '{roles} {when}', roles: ['analyst'] };
    const { text } = renderNotice(message('membership-changed', { change }), around);
    expect(text).toContain('Your roles in “{roles} {when}” were changed to analyst on Sunday 22');
  });

  it('HE8: says of somebody without a role that they were removed', () => {
    const change: About['change'] = { kind: 'membership', practice: 'Riverside Practice', roles: [] };
    const { text } = renderNotice(message('membership-changed', { by: 'practice', change }), around);
    expect(text).toContain('You were removed from “Riverside Practice” on Sunday 22');
    expect(text).toContain('Done by: an administrator of the practice');
  });

  it.each(noticeTemplateSchema.options)('HE8, R6: %s says how to repudiate, and leaves no gap', (template) => {
    const { subject, text, html } = renderNotice(message(template), around);
    if (['change-reported', 'reset-awaits-approval'].includes(template)) expect(text).toContain('Speak with the');
    else
      expect(text).toMatch(
        /If (?:this was not you: |you did not expect this, )[^]*(?:manager of (?:your|the) practice|runs this installation)/,
      );
    expect(`${subject}${text}${html}`).not.toMatch(/\{\w|undefined|null/);
  });

  it.each(noticeTemplateSchema.options)('HE8: the two parts of %s say the same', (template) => {
    const { subject, text, html } = renderNotice(message(template), around);
    expect(readableTextOf(html)).toBe(`${subject} ${text.trim().replaceAll(/\s+/g, ' ')}`);
  });

  it('tells the time of the place as its clocks show it, and the exact instant', () => {
    const { text } = renderNotice(message('factor-added', { at: '2026-07-01T22:59:00.000Z' }), {
      ...around,
      timeZone: 'Europe/London',
    });
    expect(text).toContain('on Wednesday 1 July 2026 at 23:59 (BST)');
    expect(text).toContain('Exact time: 2026-07-01T22:59:00.000Z');
  });

  it('says who did it where somebody else did, and keeps their network and device to itself', () => {
    const { text } = renderNotice(message('factors-reset', { by: 'administrator' }), around);
    expect(text).toContain('Done by: an administrator of your practice');
    expect(text).not.toMatch(/203\.0\.113|Firefox/);
  });

  it('says nothing of a place that is not known, and offers no link where there is nothing to stop', () => {
    const { text } = renderNotice(message('factor-added'), {
      ...around,
      where: { network: null, device: null },
      link: null,
    });
    expect(text).not.toMatch(/From the network|With:|To stop further changes|not-me/);
  });

  it('calls a factor without a name by its kind, and one without a kind a method', () => {
    expect(added(null).text).toContain('Your authenticator app was');
    expect(added(' \r\n ').text).toContain('authenticator app was');
    expect(added(null, null).text).toContain('Your sign-in method was');
  });

  it('R36: keeps a name on its line, whatever stands in it, and out of the subject', () => {
    const { subject, text } = added('Phone\r\nBcc: eve@evil.example\r\n\r\n.\u2028{pages}\u202e\u0000');
    expect(text).toContain('“Phone Bcc: eve@evil.example . {pages}” was added');
    expect(text.split('\n')).toHaveLength(added('Work phone').text.split('\n').length);
    expect(subject).toBe('A sign-in method was added to your account');
  });

  it('R36: lets a name that is HTML stay text', () => {
    const name = `<script>alert("1")</script><img src=x onerror='x'>&amp;`;
    const { html, text } = added(name);
    expect(text).toContain(`“${name}” was added`);
    expect(html).not.toMatch(/<script|<img/);
    expect(readableTextOf(html)).toContain(`“${name}” was added`);
  });

  it('cuts a name that is too long, between characters', () => {
    expect(added('😀'.repeat(500)).text).toContain(`“${'😀'.repeat(120)}” was`);
  });
});
