import {
  DomainError,
  type CallContext,
  type ClientOf,
  type Envelope,
  type MailDelivery,
  type notificationOperations,
} from '@cofactor/contracts';
import { newId } from '@cofactor/service-kit';
import type { NewLink } from './first-password-links';

/** The one thing that identity asks of notification. */
export type LinkSender = Pick<ClientOf<typeof notificationOperations>, 'sendLink'>;

/** To whom, in whose name, and with which link; null for someone who has a password. */
export interface MailToAdded {
  readonly personId: string;
  readonly practice: string;
  readonly link: NewLink | null;
  readonly envelope: Envelope;
}

/** Seconds for which a mail is tried; by then whoever added the person knows whether to send it again. */
const tried = 600;

/** What is written to people whom a practice has added. The link goes to notification in a request and in no fact (I4). */
export class MailsToAdded {
  constructor(
    private readonly notification: LinkSender,
    private readonly recorder: { now(): Date },
    /** How long a link works. */
    private readonly days: number,
  ) {}

  /** Never throws where notification refuses or is away: whoever asked is told, and sends it again. */
  async send({ personId, practice, link, envelope }: MailToAdded, context: CallContext): Promise<MailDelivery> {
    const expiresAt = new Date(this.recorder.now().getTime() + tried * 1000).toISOString();
    const request = {
      personId,
      messageFor: link?.linkId ?? newId(),
      practice,
      link: link && { token: link.token, days: this.days },
      expiresAt,
      envelope,
    };
    try {
      return (await this.notification.sendLink(request, { ...context, idempotencyKey: null })).delivery;
    } catch (error) {
      if (error instanceof DomainError) return 'not-sent';
      throw error;
    }
  }
}
