import type { HandlersOf, notificationOperations } from '@cofactor/contracts';
import { codeMessageIdFor } from '../adapters/message-id';
import type { CodeChannels } from '../domain/ports';
import { renderLink } from '../domain/render-link';
import type { CodeMessages } from './send-code';

type Handler = HandlersOf<typeof notificationOperations>['sendLink'];

export interface LinkParts {
  readonly codes: Pick<CodeMessages, 'bring'>;
  readonly channels: Pick<CodeChannels, 'email'>;
  /** The address of this installation's pages. */
  readonly pages: string;
}

/**
 * Brings someone the link by which they choose their first password, as a code is brought: it stands in the request and
 * in this process alone (I4), and whoever asked is told where it could not be sent. Or tells somebody who has a password
 * that a practice added them, in the same way and the same time, so that a link sent again tells nobody who has one.
 */
export const sendLink =
  ({ codes, channels, pages }: LinkParts): Handler =>
  async ({ personId, messageFor, practice, link, expiresAt, envelope }, context) => {
    const occasion = { id: messageFor, purpose: 'set-up' } as const;
    const messageId = codeMessageIdFor({ ...occasion, asked: 0 }, expiresAt);
    const message = {
      messageId,
      personId,
      template: 'code',
      channel: 'email',
      occasion: { ...occasion, expiresAt },
    } as const;
    const mail = { messageId, ...renderLink({ practice, link }, pages) };
    const bring = () => channels.email(personId, mail);
    return { delivery: await codes.bring({ message, to: { kind: 'login-address' }, envelope, bring }, context) };
  };
