import type { CodeMessage } from './message';
import { readableTextOf } from './mail-body.fixture';
import { codeAsMail, codeAsText } from './render-code';

const pages = 'https://sign-in.riverside-practice.example:8443';
const code = '407193';
const messageFor = (purpose: 'set-up' | 'sign-in', channel: 'sms' | 'email'): CodeMessage => ({
  messageId: 'message-1',
  personId: 'sam',
  template: 'code',
  channel,
  occasion: { id: 'occasion-1', purpose, expiresAt: '2026-03-01T09:40:00.000Z' },
});
const purposes = ['set-up', 'sign-in'] as const;
const texts = purposes.map((purpose) => ({ text: codeAsText(messageFor(purpose, 'sms'), code, pages) }));

describe('a code by text message', () => {
  it('R45: ends with a line of host and code, and nothing after it', () => {
    for (const { text } of texts) {
      expect(text.split('\n').at(-1)).toBe('@sign-in.riverside-practice.example #407193');
      expect(text.split('\n').at(-2)).toBe('');
    }
  });

  it('fits one message of 160 characters, all of them in the alphabet of GSM 03.38', () => {
    for (const { text } of texts) {
      expect(text.length).toBeLessThanOrEqual(160);
      expect(text).toMatch(/^[A-Za-z0-9 \n@#.,'-]+$/);
    }
  });

  it('says what it is for, and holds no other number of six digits', () => {
    for (const { text } of texts) expect([...new Set(text.match(/\d{6}/g))]).toEqual([code]);
    expect(texts.map(({ text }) => text.split('\n')[0])).toEqual([
      '407193 is your code to set up text messages.',
      '407193 is your code to sign in.',
    ]);
  });
});

describe.each(purposes)('a code by email, for %s,', (purpose) => {
  const { subject, text, html } = codeAsMail(messageFor(purpose, 'email'), code, pages);

  it('stands once in each part and not in the subject, and no other number of six digits does', () => {
    expect(text.match(/\d{6}/g)).toEqual([code]);
    expect(html.replaceAll(/ style="[^"]*"/g, '').match(/\d{6}/g)).toEqual([code]);
    expect(subject).not.toMatch(/\d/);
  });

  it('HE8: says the same in both parts, with what to do if nobody asked for it', () => {
    expect(readableTextOf(html)).toBe(`${subject} ${text.trim().replaceAll(/\s+/g, ' ')}`);
    expect(text).toContain('by phone or in person');
    expect(text).not.toMatch(/\{\w|undefined/);
  });
});
