import type { Mail, Mailer } from '../domain/ports';

/** A mail as it arrived. */
export interface ArrivedMail {
  readonly messageId: string;
  /** Everyone it was handed over for. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface MailerUnderTest {
  readonly mailer: Mailer;
  /** What has arrived, in order. */
  arrived(): readonly ArrivedMail[] | Promise<readonly ArrivedMail[]>;
  stop(): Promise<void>;
}

const mail: Mail = {
  messageId: '019d0000-0000-7000-8000-000000000001',
  to: 'sam@riverside.example',
  subject: 'A sign-in method was added to your account',
  text: 'Hello,\n\nyour authenticator app was added.\n',
  html: '<!doctype html>\n<p>Hello,</p>\n<p>your authenticator app was added.</p>\n',
};

/** The laws of every Mailer. */
export function mailerContract(name: string, start: () => Promise<MailerUnderTest>): void {
  describe(`${name} as a mailer`, () => {
    let subject: MailerUnderTest;
    beforeEach(async () => {
      subject = await start();
    });
    afterEach(() => subject.stop());

    it('hands a mail to its one recipient as it is, in both parts', async () => {
      expect(await subject.mailer.send(mail)).toBe('accepted');
      const { messageId, to, ...words } = mail;
      expect(await subject.arrived()).toEqual([
        { ...words, recipients: [to], messageId: expect.stringContaining(messageId) as string },
      ]);
    });

    it('keeps text as it is: lines with a dot, long lines, every script', async () => {
      const text = `.\n..\n. leading\n${'long '.repeat(300)}\nGrüße, Zoë — “Work phone” 診療所 😀\nFrom here on\n`;
      const html = `<p>\n.\n${'long '.repeat(300)}</p>\n<p>Grüße, Zoë — “Work phone” 診療所 😀 = &amp;</p>\n`;
      const words = { html, subject: `Zoë’s ${'very long subject '.repeat(12)}診療所`, text };
      await subject.mailer.send({ ...mail, ...words });
      expect(await subject.arrived()).toEqual([expect.objectContaining(words)]);
    });

    it('§6.9: gives the same mail the same Message-ID, and another mail another', async () => {
      await subject.mailer.send(mail);
      await subject.mailer.send(mail);
      await subject.mailer.send({ ...mail, messageId: '019d0000-0000-7000-8000-000000000002' });
      const [first, second, other] = await subject.arrived();
      expect(second?.messageId).toBe(first?.messageId);
      expect(other?.messageId).not.toBe(first?.messageId);
    });

    it('R36: lets no line break in a subject or text add a header or a recipient', async () => {
      const injected = 'Hello\r\nBcc: eve@evil.example\r\n\r\nbody';
      await subject.mailer.send({
        ...mail,
        subject: injected,
        text: `Bcc: eve@evil.example\r\n.\r\nRCPT TO:<eve@evil.example>\r\n`,
      });
      expect((await subject.arrived()).map(({ recipients }) => recipients)).toEqual([[mail.to]]);
    });

    it.each([
      'sam@riverside.example\r\nBcc: eve@evil.example',
      'sam@riverside.example, eve@evil.example',
      'sam@riverside.example>\r\nRCPT TO:<eve@evil.example',
      'Eve <eve@evil.example>',
      '',
    ])('R36: refuses what is not one address: %j', async (to) => {
      expect(await subject.mailer.send({ ...mail, to })).toBe('refused');
      expect(await subject.arrived()).toEqual([]);
    });
  });
}
