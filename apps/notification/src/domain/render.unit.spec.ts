import { noticeTemplateSchema, type NoticeTemplate } from '@cofactor/contracts';
import type { NoticeMessage } from './message';
import { renderNotice } from './render';

const pages = 'https://sign-in.riverside.example';
const message = (template: NoticeTemplate, about: Partial<NoticeMessage['about']> = {}): NoticeMessage => ({
  messageId: 'message-1',
  personId: 'sam',
  template,
  channel: 'email',
  about: { factId: 'fact-1', at: '2026-11-22T16:48:59.123Z', factorType: 'totp', name: 'Work phone', ...about },
});

describe('a message in words', () => {
  it('says what changed, when, and what to do', () => {
    expect(renderNotice(message('factor-added'), pages)).toEqual({
      subject: 'A sign-in method was added to your account',
      text: `Hello,

Your authenticator app “Work phone” was added to your account on Sunday 22 November 2026 at 16:48 (UTC). It can now confirm that it is you who signs in.

If this was you, there is nothing to do.

If this was not you: Sign in at ${pages} and open Security. Remove the method that you do not know and get new recovery codes. Tell the manager of your practice straight away, by phone or in person. Say that someone else may know your password.

Cofactor sends this because the way you sign in has changed. It never asks for your password or a code.
`,
    });
  });

  it.each([
    ['factor-removed', 'Your authenticator app “Work phone” was removed from your account on Sunday 22'],
    ['recovery-code-used', 'One of your recovery codes was used to sign in on Sunday 22'],
    ['recovery-codes-issued', 'New recovery codes were made for your account on Sunday 22'],
    ['credential-disabled', 'Your authenticator app “Work phone” was disabled on Sunday 22'],
  ] as const)('%s says "%s …"', (template, happened) => {
    expect(renderNotice(message(template), pages).text).toContain(happened);
  });

  it.each(noticeTemplateSchema.options)('HE8, R6: %s says how to repudiate, and leaves no gap', (template) => {
    const { subject, text } = renderNotice(message(template), pages);
    expect(text).toContain(`If this was not you: `);
    expect(text).toContain(`Sign in at ${pages}`);
    expect(text).toContain('Tell the manager of your practice straight away');
    expect(`${subject}${text}`).not.toMatch(/[{}]|undefined|null/);
  });

  it('calls a factor without a name by its kind, and one without a kind a method', () => {
    expect(renderNotice(message('factor-added', { name: null }), pages).text).toContain('Your authenticator app was');
    expect(renderNotice(message('factor-added', { name: ' \r\n ' }), pages).text).toContain('authenticator app was');
    const unnamed = message('factor-added', { name: null, factorType: null });
    expect(renderNotice(unnamed, pages).text).toContain('Your sign-in method was');
  });

  it('R36: keeps a name on its line, whatever stands in it, and out of the subject', () => {
    const name = 'Phone\r\nBcc: eve@evil.example\r\n\r\n.\u2028{pages}\u202e\u0000';
    const { subject, text } = renderNotice(message('factor-added', { name }), pages);
    expect(text).toContain('“Phone Bcc: eve@evil.example . {pages}” was added');
    expect(text.split('\n')).toHaveLength(renderNotice(message('factor-added'), pages).text.split('\n').length);
    expect(subject).toBe('A sign-in method was added to your account');
  });

  it('cuts a name that is too long, between characters', () => {
    const { text } = renderNotice(message('factor-added', { name: '😀'.repeat(500) }), pages);
    expect(text).toContain(`“${'😀'.repeat(120)}” was`);
  });
});
