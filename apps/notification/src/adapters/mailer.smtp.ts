import type { Logger } from '@cofactor/service-kit';
import { createTransport } from 'nodemailer';
import { isOneAddress, type Mail, type Mailer } from '../domain/ports';

export interface SmtpSettings {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  readonly url: string;
  /** An address, or a name with an address in angle brackets. */
  readonly from: string;
  /** The host part of every Message-ID. */
  readonly host: string;
}

/** Milliseconds. All waits together stay below the 30 s that the port allows. */
const waits = { connectionTimeout: 8_000, greetingTimeout: 8_000, socketTimeout: 12_000, dnsTimeout: 2_000 };

/** The reply code of the server (RFC 5321 §4.2), or 0 where it gave none. */
function replyCode(error: unknown): number {
  const code: unknown = error instanceof Error && 'responseCode' in error ? error.responseCode : 0;
  return typeof code === 'number' ? code : 0;
}

const errorCode = (error: unknown): string => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : 'unknown';
  return typeof code === 'string' ? code : 'unknown';
};

/** Sends by SMTP (RFC 5321); upgrades to TLS where the server offers it. */
export class SmtpMailer implements Mailer {
  private readonly transport;

  constructor(
    private readonly settings: SmtpSettings,
    private readonly logger: Logger,
  ) {
    this.transport = createTransport({
      url: settings.url,
      pool: true,
      maxConnections: 4,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...waits,
    });
  }

  async send({ messageId, to, subject, text }: Mail): Promise<'accepted' | 'refused' | 'unavailable'> {
    if (!isOneAddress(to)) return 'refused';
    try {
      await this.transport.sendMail({
        from: this.settings.from,
        to: { name: '', address: to },
        subject,
        text,
        // Lines of any length and script arrive as they are.
        textEncoding: 'quoted-printable',
        messageId: `<${messageId}@${this.settings.host}>`,
        // RFC 3834 §5: out-of-office replies stay away.
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return 'accepted';
    } catch (error) {
      // The text of a reply can repeat the address, so only its codes are logged (I4).
      const reply = replyCode(error);
      this.logger.warn({ messageId, reply, kind: errorCode(error) }, 'mail not accepted');
      // 5yz to the envelope or the content is for good (RFC 5321 §4.2.1); to a log-in it is our own setting.
      const aboutTheMail = ['EENVELOPE', 'EMESSAGE'].includes(errorCode(error));
      return aboutTheMail && reply >= 500 ? 'refused' : 'unavailable';
    }
  }

  close(): void {
    this.transport.close();
  }
}
