import type { Logger } from '@cofactor/service-kit';
import { createTransport } from 'nodemailer';
import { isOneAddress, type Mail, type Mailer } from '../domain/ports';
import { composed, type MailSender } from './mail-composition';

export interface SmtpSettings extends MailSender {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  readonly url: string;
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

  async send(mail: Mail): Promise<'accepted' | 'refused' | 'unavailable'> {
    if (!isOneAddress(mail.to)) return 'refused';
    try {
      await this.transport.sendMail(composed(mail, this.settings));
      return 'accepted';
    } catch (error) {
      // The text of a reply can repeat the address, so only its codes are logged (I4).
      const reply = replyCode(error);
      this.logger.warn({ messageId: mail.messageId, reply, kind: errorCode(error) }, 'mail not accepted');
      // 5yz to the envelope or the content is for good (RFC 5321 §4.2.1); to a log-in it is our own setting.
      const aboutTheMail = ['EENVELOPE', 'EMESSAGE'].includes(errorCode(error));
      return aboutTheMail && reply >= 500 ? 'refused' : 'unavailable';
    }
  }

  close(): void {
    this.transport.close();
  }
}
