import { DomainError, notificationEvents, type Fact } from '@cofactor/contracts';
import type { KeyedHashes } from '@cofactor/secret-vault';
import { timingSafeEqual } from 'node:crypto';

export interface ReportLinkParts {
  readonly keyedHashes: Pick<KeyedHashes, 'fingerprint'>;
  readonly store: { readStream(stream: string): Promise<readonly Fact[]> };
  readonly now: () => Date;
  /** The address of this installation's pages. */
  readonly pages: string;
}

const shape = /^([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\.([\w-]{43})$/;
const livesFor = 7 * 86_400_000;

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/**
 * The links by which people say that a change was not theirs. A secret is derived from its message under a key of this
 * service, so that each try to send the message carries the same one (DESIGN §6.9), and none is kept anywhere (I4).
 */
export class ReportLinks {
  constructor(private readonly parts: ReportLinkParts) {}

  /** Its secret stands in the fragment, which a browser keeps to itself (DESIGN §6.13). */
  linkOf(messageId: string): string {
    return `${this.parts.pages}/not-me#${this.secretOf(messageId)}`;
  }

  /**
   * The notice that a secret belongs to. Throws `link-not-valid` for whatever is not one of ours and for one that is
   * older than seven days; of a wrong one, nothing is looked up.
   */
  async noticeOf(secret: string) {
    const messageId = shape.exec(secret)?.[1];
    if (messageId === undefined || !isSame(secret, this.secretOf(messageId))) throw new DomainError('link-not-valid');
    const [requested] = await this.parts.store.readStream(`message-${messageId}`);
    if (requested?.type !== 'message.requested') throw new DomainError('link-not-valid');
    const message = notificationEvents.messageRequested.schema.parse(requested.data);
    const isOver = this.parts.now().getTime() >= Date.parse(requested.at) + livesFor;
    if (message.template === 'code' || isOver) throw new DomainError('link-not-valid');
    const { organisationIds, policyVersion } = requested.envelope;
    return { messageId, factId: message.about.factId, personId: message.personId, organisationIds, policyVersion };
  }

  private secretOf(messageId: string): string {
    return `${messageId}.${this.parts.keyedHashes.fingerprint('report link', messageId)}`;
  }
}
