import type { CallContext, Envelope } from '@cofactor/contracts';
import type { Recorder } from '@cofactor/event-sourcing';
import type { Logger } from '@cofactor/service-kit';
import { toldUpTo, type Announcement, type Announcements } from '../adapters/announcements.postgres';
import { dueAmongMany } from '../adapters/outgoing.postgres';
import { announcementPage, type PeopleOwner } from './announcement-page';
import { requestedMessages } from './requested-messages';

export interface AnnouncerParts {
  readonly announcements: Announcements;
  readonly people: PeopleOwner;
  readonly recorder: Recorder;
  readonly logger: Logger;
}

/** Seconds until an announcement in hand is taken up again; longer than a page may take. */
const inHand = 30;

/**
 * Tells many people of one fact, page by page (PRODUCT HE8). A page and how far it came are one commit, and a message has
 * one id per fact and person, so that nobody is told twice, whoever dies on the way (DESIGN §6.9).
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
    const { people, recorder } = this.parts;
    const page = await announcementPage(people, announcement, contextOf(announcement));
    const { personIds, next, organisationIds, messageTo } = page;
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
}

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
