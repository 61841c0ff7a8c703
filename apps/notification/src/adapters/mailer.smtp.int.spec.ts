import { createLogger } from '@cofactor/service-kit';
import { mailerContract } from './mailer.contract';
import { SmtpMailer } from './mailer.smtp';
import { SmtpSink, type Objections } from './smtp-sink';

const logged: string[] = [];
const logger = createLogger('notification', 'info', { write: (line) => logged.push(line) });
const from = 'Cofactor <no-reply@riverside.example>';
const mail = {
  messageId: 'message-1',
  to: 'canary@riverside.example',
  subject: 'Hello',
  text: 'Hello\n',
  html: '<p>Hello</p>\n',
};

const connect = (url: string) => new SmtpMailer({ url, from, host: 'riverside.example' }, logger);

mailerContract('SMTP', async () => {
  const sink = await SmtpSink.start();
  const mailer = connect(sink.url);
  const stop = async () => {
    mailer.close();
    await sink.stop();
  };
  return { mailer, arrived: () => sink.arrived, stop };
});

describe('SMTP', () => {
  let sink: SmtpSink;
  let mailer: SmtpMailer;
  beforeEach(async () => {
    sink = await SmtpSink.start();
    mailer = connect(sink.url);
    logged.length = 0;
  });
  afterEach(async () => {
    mailer.close();
    await sink.stop();
  });

  it('names the sender and a Message-ID of its host', async () => {
    await mailer.send(mail);
    expect(sink.commands).toContain('MAIL FROM:<no-reply@riverside.example>');
    expect(sink.arrived[0]?.messageId).toBe('<message-1@riverside.example>');
  });

  it('R36: writes a subject with a line break as one header', async () => {
    await mailer.send({ ...mail, subject: 'Hello\r\nBcc: eve@evil.example\r\nX-Evil: yes' });
    const names = sink.headers[0]?.split(/\r\n(?![ \t])/).map((line) => line.split(':')[0]);
    expect(names).toEqual(expect.arrayContaining(['From', 'To', 'Subject', 'Message-ID', 'Auto-Submitted']));
    expect(names).not.toContain('Bcc');
    expect(names).not.toContain('X-Evil');
  });

  it.each([
    ['refused', { RCPT: '550 5.1.1 <canary@riverside.example> unknown' }],
    ['refused', { DOT: '554 5.6.0 canary@riverside.example does not want this' }],
    ['unavailable', { RCPT: '450 4.2.0 <canary@riverside.example> greylisted' }],
    ['unavailable', { MAIL: '421 4.3.2 closing' }],
    ['unavailable', { DOT: '451 4.3.0 try later' }],
  ] as readonly (readonly [string, Objections])[])(
    'is %s on %j, and no address is logged (I4)',
    async (said, objections) => {
      sink.objections = objections;
      expect(await mailer.send(mail)).toBe(said);
      expect(sink.arrived).toEqual([]);
      expect(logged).toHaveLength(1);
      expect(logged.join()).not.toContain('canary');
      sink.objections = {};
      expect(await mailer.send(mail)).toBe('accepted');
    },
  );

  it('is unavailable while nobody answers', async () => {
    await sink.stop();
    expect(await mailer.send(mail)).toBe('unavailable');
    expect(logged.join()).not.toContain('canary');
  });
});
