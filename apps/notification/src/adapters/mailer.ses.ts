import { SendRawEmailCommand, SESClient } from '@aws-sdk/client-ses';
import type { Logger } from '@cofactor/service-kit';
import { createTransport } from 'nodemailer';
import { isOneAddress, type Mail, type Mailer } from '../domain/ports';
import { awsClient, awsFailure, boundedWait, type AwsSettings } from './aws';
import { composed, type MailSender } from './mail-composition';

export interface SesSettings extends AwsSettings, MailSender {}

/** What SES says of a mail that it will never take; an address of ours that is not verified is our own setting. */
const aboutTheMail = ['InvalidParameterValue', 'InvalidParameterValueException'];

/** Sends by Amazon SES, raw, so that headers are as everywhere. SES puts a Message-ID of its own in the place of ours. */
export class SesMailer implements Mailer {
  private readonly client: SESClient;
  private readonly writer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(
    private readonly settings: SesSettings,
    private readonly logger: Logger,
  ) {
    this.client = new SESClient(awsClient(settings));
  }

  async send(mail: Mail): Promise<'accepted' | 'refused' | 'unavailable'> {
    if (!isOneAddress(mail.to)) return 'refused';
    try {
      const { message } = await this.writer.sendMail(composed(mail, this.settings));
      if (!Buffer.isBuffer(message)) throw new Error('a mail is written into a buffer');
      const command = new SendRawEmailCommand({
        Source: this.settings.from,
        Destinations: [mail.to],
        RawMessage: { Data: message },
      });
      await this.client.send(command, boundedWait());
      return 'accepted';
    } catch (error) {
      const failure = awsFailure(error);
      this.logger.warn({ messageId: mail.messageId, ...failure }, 'mail not accepted');
      return aboutTheMail.includes(failure.kind) ? 'refused' : 'unavailable';
    }
  }

  close(): void {
    this.client.destroy();
  }
}
