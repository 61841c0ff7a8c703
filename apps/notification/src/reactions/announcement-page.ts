import type { CallContext, ClientOf, identityOperations } from '@cofactor/contracts';
import type { Announcement, Approval, Enforcement, Membership, Report } from '../adapters/announcements.postgres';
import { messageIdFor } from '../adapters/message-id';
import type { NoticeMessage } from '../domain/message';

/** Who knows whom the rules of a practice cover, who belongs to support, who can approve a reset, and what practices are called. */
export type PeopleOwner = Pick<
  ClientOf<typeof identityOperations>,
  'listPeopleToTell' | 'listSupportToTell' | 'listApproversToTell' | 'readPracticeName'
>;

/** People of one page, told in one commit. */
const pageSize = 200;

/** Some of those who are told of an announcement, and what each is sent. */
export interface AnnouncementPage {
  readonly personIds: readonly string[];
  /** Where the next page begins; null behind the last. */
  readonly next: string | null;
  /** In whose logs the messages stand. */
  readonly organisationIds: readonly string[];
  readonly messageTo: (personId: string) => NoticeMessage;
}

/** The page of an announcement that begins behind the last person who was told. Throws what identity answers. */
export function announcementPage(
  people: PeopleOwner,
  announcement: Announcement,
  context: CallContext,
): Promise<AnnouncementPage> {
  if ('reportedBy' in announcement) return toSupport(people, announcement, context);
  if ('approvers' in announcement) return toApprovers(people, announcement, context);
  if ('membership' in announcement) return toMember(people, announcement, context);
  return toPractice(people, announcement, context);
}

async function toPractice(
  people: PeopleOwner,
  { factId, at, organisationId, after }: Enforcement & Announcement,
  context: CallContext,
): Promise<AnnouncementPage> {
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

const dayOf = (at: string): string => `${at.slice(0, 10)}T00:00:00.000Z`;

/** One message a day about the same person, however many reports they make, so that nobody floods support. */
async function toSupport(
  people: PeopleOwner,
  { factId, at, reportedBy, frozenUntil }: Report,
  context: CallContext,
): Promise<AnnouncementPage> {
  const { personIds } = await people.listSupportToTell({}, context);
  const change = { kind: 'freeze', until: frozenUntil } as const;
  const messageTo = (personId: string): NoticeMessage => ({
    messageId: messageIdFor(`a report of ${reportedBy} to ${personId}`, dayOf(at)),
    personId,
    template: 'change-reported',
    channel: 'email',
    // Where it was reported from is not for support to know.
    about: { factId, at, by: null, change },
  });
  return { personIds, next: null, organisationIds: [], messageTo };
}

async function toApprovers(
  people: PeopleOwner,
  { factId, at, approvers, expiresAt }: Approval,
  context: CallContext,
): Promise<AnnouncementPage> {
  const { organisationIds, ofSupport, notThese } = approvers;
  const administrators = await people.listApproversToTell({ organisationIds, notThese }, context);
  const support = ofSupport ? (await people.listSupportToTell({}, context)).personIds : [];
  const all = [...administrators.personIds, ...support.filter((personId) => !notThese.includes(personId))];
  const change = { kind: 'approval', until: expiresAt } as const;
  const messageTo = (personId: string): NoticeMessage => ({
    messageId: messageIdFor(`${factId} to ${personId}`, at),
    personId,
    template: 'reset-awaits-approval',
    channel: 'email',
    about: { factId, at, by: null, change },
  });
  return { personIds: [...new Set(all)], next: null, organisationIds, messageTo };
}

/** One message a day about the same roles, however often they are given and taken, so that nobody floods a mailbox. */
async function toMember(
  people: PeopleOwner,
  { factId, at, membership: { personId, organisationId, roles } }: Membership,
  context: CallContext,
): Promise<AnnouncementPage> {
  const { organisation } = await people.readPracticeName({ organisationId }, context);
  const change = { kind: 'membership', practice: organisation, roles } as const;
  const message: NoticeMessage = {
    messageId: messageIdFor(`${personId} in ${organisationId} is ${roles.toSorted().join()}`, dayOf(at)),
    personId,
    template: 'membership-changed',
    channel: 'email',
    about: { factId, at, by: 'practice', change },
  };
  return { personIds: [personId], next: null, organisationIds: [organisationId], messageTo: () => message };
}
