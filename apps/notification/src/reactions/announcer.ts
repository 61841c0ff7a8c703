import type { CallContext, ClientOf, Envelope, identityOperations } from '@cofactor/contracts';
import type { Recorder } from '@cofactor/event-sourcing';
import type { Logger } from '@cofactor/service-kit';
import { toldUpTo, type Announcement, type Announcements } from '../adapters/announcements.postgres';
import { messageIdFor } from '../adapters/message-id';
import { dueAmongMany } from '../adapters/outgoing.postgres';
import type { NoticeMessage } from '../domain/message';
import { requestedMessages } from './requested-messages';

/** Who knows whom the rules of a practice cover, and who belongs to support. */
export type PeopleOwner = Pick<ClientOf<typeof identityOperations>, 'listPeopleToTell' | 'listSupportToTell'>;

export interface AnnouncerParts {
  readonly announcements: Announcements;
  readonly people: PeopleOwner;
  readonly recorder: Recorder;
  readonly logger: Logger;
}

/** People of one page, told in one commit. */
const pageSize = 200;
/** Seconds until an announcement in hand is taken up again; longer than a page may take. */
const inHand = 30;

/** Some of those who are told of an announcement, and what each is sent. */
interface Page {
  readonly personIds: readonly string[];
  /** Where the next page begins; null behind the last. */
  readonly next: string | null;
  /** In whose logs the messages stand. */
  readonly organisationIds: readonly string[];
  readonly messageTo: (personId: string) => NoticeMessage;
}

/**
 * Tells everyone of a practice, or of support, of one fact, page by page (PRODUCT HE8). A page and how far it came are one
 * commit, and a message has one id per fact and person, so that nobody is told twice, whoever dies on the way (DESIGN §6.9).
 */
export class Announcer {
  constructor(private readonly parts: AnnouncerParts) {}

  /** Requests the messages of one page; false where nothing is to be announced now, or it has to wait. */
  async next(): Promise<boolean> {
    const { announcements, recorder, logger } = this.parts;
    const now = recorder.now();
    const announcement = await announcements.claim(now, new Date(now.getTime() + inHand * 1000));
    if (announcement === null) return false;
    try {
      await this.tellPage(announcement);
      return true;
    } catch (error) {
      logger.warn({ err: error, factId: announcement.factId }, 'an announcement waits; it goes on in half a minute');
      return false;
    }
  }

  private async tellPage(announcement: Announcement): Promise<void> {
    const { recorder } = this.parts;
    const { personIds, next, organisationIds, messageTo } = await this.pageOf(announcement);
    const fresh = await requestedMessages(
      recorder,
      personIds.map((personId) => ({
        message: messageTo(personId),
        envelope: envelopeFor(personId, organisationIds, announcement),
      })),
    );
    const now = recorder.now();
    await recorder.store.append({
      streams: fresh.map(({ append }) => append),
      sideRows: [
        ...fresh.map(({ messageId }) => dueAmongMany(messageId, now)),
        toldUpTo(announcement.factId, next, now),
      ],
    });
  }

  private async pageOf(announcement: Announcement): Promise<Page> {
    const { people } = this.parts;
    const context = contextOf(announcement);
    const { factId, at } = announcement;
    if ('reportedBy' in announcement) {
      const { reportedBy, frozenUntil } = announcement;
      const { personIds } = await people.listSupportToTell({}, context);
      const change = { kind: 'freeze', until: frozenUntil } as const;
      const messageTo = (personId: string): NoticeMessage => ({
        messageId: reportMessageId(reportedBy, at, personId),
        personId,
        template: 'change-reported',
        channel: 'email',
        // Where it was reported from is not for support to know.
        about: { factId, at, by: null, change },
      });
      return { personIds, next: null, organisationIds: [], messageTo };
    }
    const { organisationId, after } = announcement;
    const asked = { organisationId, after, limit: pageSize };
    const { organisation, personIds, next } = await people.listPeopleToTell(asked, context);
    const change = { kind: 'enforcement', practice: organisation } as const;
    const messageTo = (personId: string): NoticeMessage => ({
      messageId: messageIdFor(`${factId} to ${personId}`, at),
      personId,
      template: 'enforcement-on',
      channel: 'email',
      about: { factId, at, by: 'practice', change },
    });
    return { personIds, next, organisationIds: [organisationId], messageTo };
  }
}

/** One a day about the same person, however many reports they make, so that nobody floods support. */
const reportMessageId = (reportedBy: string, at: string, personId: string): string => {
  const day = `${at.slice(0, 10)}T00:00:00.000Z`;
  return messageIdFor(`a report of ${reportedBy} to ${personId}`, day);
};

const contextOf = ({ requestId, traceparent }: Announcement): CallContext => ({
  requestId,
  traceparent,
  source: { ip: '127.0.0.1', userAgent: null },
  idempotencyKey: null,
});

const envelopeFor = (
  personId: string,
  organisationIds: readonly string[],
  { requestId, traceparent, policyVersion }: Announcement,
): Envelope => ({
  organisationIds: [...organisationIds],
  actor: { kind: 'service', id: 'notification' },
  subject: { kind: 'person', id: personId },
  origin: {
    requestId,
    traceparent,
    // Where whoever caused it sat is nothing of the person's.
    sealed: null,
    sealedFor: personId,
  },
  policyVersion,
});
