import { ConfigurationError } from '@cofactor/service-kit';
import { developmentParts, readMailSettings } from './mail-settings';

const SMTP_URL = 'smtps://user:canary-password@mail.example:465';

describe('the settings for mail', () => {
  it('are the local outbox where nothing is set, which a production start refuses', () => {
    expect(readMailSettings({})).toEqual({ mail: { kind: 'outbox' }, timeZone: 'UTC' });
    expect(developmentParts({ kind: 'outbox' })).toEqual([
      { name: 'the local outbox for mail', instead: 'set SMTP_URL or SES_REGION, and MAIL_FROM' },
    ]);
  });

  it.each([
    ['Cofactor <no-reply@riverside.example>', 'riverside.example'],
    ['no-reply@riverside.example', 'riverside.example'],
  ])('take the host of every Message-ID from "%s"', (from, host) => {
    const { mail: settings } = readMailSettings({ SMTP_URL, MAIL_FROM: from });
    expect(settings).toEqual({ kind: 'smtp', url: SMTP_URL, from, host });
    expect(developmentParts(settings)).toEqual([]);
  });

  it('take the time zone that messages tell times in', () => {
    expect(readMailSettings({ MAIL_TIME_ZONE: 'Europe/London' }).timeZone).toBe('Europe/London');
  });

  it.each([
    [{ MAIL_TIME_ZONE: 'canary/Time' }, /^MAIL_TIME_ZONE: takes the name of a time zone/],
    [{ SMTP_URL }, /^MAIL_FROM: is needed/],
    [{ SMTP_URL: 'http://canary-password@mail.example', MAIL_FROM: 'a@b.example' }, /^SMTP_URL: takes an address/],
    [{ SMTP_URL: 'canary-password', MAIL_FROM: 'a@b.example' }, /^SMTP_URL: takes an address/],
    [{ SMTP_URL, MAIL_FROM: 'Cofactor' }, /^MAIL_FROM: takes an address/],
    [{ SMTP_URL, MAIL_FROM: 'a@b.example\r\nBcc: eve@evil.example' }, /^MAIL_FROM: takes an address/],
  ])('refuse %j in one sentence that names the variable and repeats no value', (environment, sentence) => {
    expect(() => readMailSettings(environment)).toThrow(ConfigurationError);
    expect(() => readMailSettings(environment)).toThrow(sentence);
    expect(() => readMailSettings(environment)).not.toThrow(/canary/);
  });
});
