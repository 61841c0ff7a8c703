import {
  eventDefinition,
  resetEvents,
  type EventData,
  type EventType,
  type Fact,
  type FactorType,
  type InstallationRole,
  type NoticeTemplate,
} from '@cofactor/contracts';
import { UnreadableEvent } from '@cofactor/event-sourcing';
import type { NoticeMessage } from './message';

type Change = NoticeMessage['about']['change'];

/** What a person is told, before it is put into words. */
interface Notice {
  readonly template: NoticeTemplate;
  readonly change: Change;
}

/** `name` is the one that the person gave the factor. */
const ofFactor = (template: NoticeTemplate, factorType: FactorType | null, name: string | null): Notice => ({
  template,
  change: { kind: 'factor', factorType, name },
});

/** Who refused it, and who let it pass, is no matter of the person's. */
const resetOver = (outcome: 'refused' | 'expired'): Notice => ({
  template: 'reset-not-approved',
  change: { kind: 'reset-over', outcome },
});

const ofAppointment = (role: InstallationRole, holds: boolean): Notice => ({
  template: 'appointment-changed',
  change: { kind: 'appointment', role, holds },
});

type Telling<Type extends EventType> =
  'nobody' | 'everyone-covered' | 'the-member' | ((data: EventData<Type>) => Notice | null);

/**
 * Whom each event type is told to (PRODUCT HE8, R6): an entry for every type there is, so that a new one does not
 * compile without a decision (I6).
 */
const tellings: { readonly [Type in EventType]: Telling<Type> } = {
  'organisation.created': 'nobody',
  // To a whole practice where it begins to ask for a second factor; by whom it covers, page by page.
  'organisation.policy-changed': 'everyone-covered',
  'person.registered': 'nobody',
  // With the mail that the practice sends when it adds someone.
  'person.joined-organisation': 'nobody',
  // To the person, once the name of the practice is known.
  'person.roles-changed': 'the-member',
  'person.sites-changed': 'nobody',
  'person.left-organisation': 'the-member',
  'organisation.site-added': 'nobody',
  'organisation.site-renamed': 'nobody',
  'organisation.site-removed': 'nobody',
  'first-password.offered': 'nobody',
  'first-password.chosen': 'nobody',
  'first-password.withdrawn': 'nobody',
  'person.second-factor-requirement-changed': ({ required }) =>
    required ? { template: 'enforcement-on', change: { kind: 'enforcement', practice: null } } : null,
  'operator.appointed': () => ofAppointment('operator', true),
  'shared-account.suspected': 'nobody',
  'shared-account.decided': 'nobody',
  'support.appointed': () => ofAppointment('support', true),
  'support.dismissed': () => ofAppointment('support', false),
  'support.person-looked-up': 'nobody',
  'support-case.opened': 'nobody',
  'support-case.step-recorded': 'nobody',
  'support-case.reset-permitted': 'nobody',
  'sign-in.started': 'nobody',
  'sign-in.refused': 'nobody',
  'password-wait.cleared': 'nobody',
  'sign-in.second-factor-accepted': 'nobody',
  'sign-in.completed': 'nobody',
  'sign-in.cancelled': 'nobody',
  'session.started': 'nobody',
  'session.elevated': 'nobody',
  'session.ended': 'nobody',
  'factor-change.refused': 'nobody',
  'enrolment.started': 'nobody',
  'enrolment.code-sent-again': 'nobody',
  'enrolment.refused': 'nobody',
  'factor.enrolled': ({ type, name }) => ofFactor('factor-added', type, name),
  'factor.held-by-several': 'nobody',
  // Replaced and reset factors, and codes that go with the last factor, are told by the event that caused it.
  'factor.revoked': ({ type, name, reason }) =>
    reason === 'removed-by-person' ? ofFactor('factor-removed', type, name) : null,
  // Those that follow from an added or removed factor are told with it.
  'factor.roles-changed': ({ methods, chosen }) =>
    chosen
      ? {
          template: 'roles-changed',
          change: { kind: 'roles', default: methods?.default ?? null, secondary: methods?.secondary ?? null },
        }
      : null,
  'factor-changes.frozen': ({ until }) => ({ template: 'changes-frozen', change: { kind: 'freeze', until } }),
  // A first set comes with the factor that is told already.
  'recovery-codes.issued': ({ replaced }) =>
    replaced === null ? null : ofFactor('recovery-codes-issued', 'recovery-code', null),
  // One that nobody else has to agree to is done in the same moment, and told then.
  'reset.requested': ({ approval }) => (approval.kind === 'needed' ? ofFactor('reset-requested', null, null) : null),
  'reset.approved': 'nobody',
  // One that a report has taken back is told with the report.
  'reset.rejected': ({ personId, rejectedBy }) => (rejectedBy === personId ? null : resetOver('refused')),
  'reset.expired': () => resetOver('expired'),
  'reset.done': () => ofFactor('factors-reset', null, null),
  'challenge.issued': 'nobody',
  'challenge.passed': ({ factorType }) =>
    factorType === 'recovery-code' ? ofFactor('recovery-code-used', factorType, null) : null,
  'challenge.refused': 'nobody',
  'credential.disabled': ({ factorType }) => ofFactor('credential-disabled', factorType, null),
  'message.requested': 'nobody',
  'message.sent': 'nobody',
  'message.failed': 'nobody',
  'message.refused': 'nobody',
};

const typesTold = (isTold: (telling: unknown) => boolean): readonly string[] =>
  Object.entries(tellings)
    .filter(([, telling]) => isTold(telling))
    .map(([type]) => type);

/** The event types that may cause a message to the person whom they concern. */
export const toldTypes = typesTold((telling) => typeof telling === 'function');
/** Those that may cause one to everyone of a practice. */
export const announcedTypes = typesTold((telling) => telling === 'everyone-covered');
/** Those that change what a person is in a practice. */
export const memberTypes = typesTold((telling) => telling === 'the-member');

const oldestNews = 7 * 86_400_000;

/** Whether it is worth telling: the log of identity is older than this service's interest in it, and is read from its start. */
export const isNews = ({ service, at }: Fact, now: Date): boolean =>
  service !== 'identity' || now.getTime() - Date.parse(at) < oldestNews;

const isEventType = (type: string): type is EventType => Object.hasOwn(tellings, type);

/**
 * The message that a fact causes, or null for none; `messageIdFor` gives it the id that it has whenever the fact is
 * delivered. Throws for a type that this release does not know.
 */
export function messageAbout(fact: Fact, messageIdFor: (factId: string, at: string) => string): NoticeMessage | null {
  const definition = eventDefinition(fact.type);
  if (!definition || !isEventType(fact.type)) throw new UnreadableEvent(fact.type, fact.schemaVersion);
  const telling = tellings[fact.type];
  if (typeof telling !== 'function') return null;
  // The table gives each type the function for its own data, which its own schema has just checked.
  const notice = telling(definition.schema.parse(fact.data) as never);
  if (notice === null) return null;
  const { subject } = fact.envelope;
  if (subject.kind !== 'person') throw new Error(`${fact.type} concerns no person to tell`);
  const { template, change } = notice;
  return {
    messageId: messageIdFor(fact.id, fact.at),
    personId: subject.id,
    template,
    channel: 'email',
    about: { factId: fact.id, at: fact.at, by: hasCause(change) ? causeOf(fact) : null, change },
  };
}

/** Whether somebody in particular is named as who did it. */
const hasCause = ({ kind }: Change): boolean => !['enforcement', 'reset-over', 'appointment'].includes(kind);

/** The person, or someone who acted for them: of resets the fact says who that was, of all else it is an administrator. */
function causeOf({ type, data, envelope: { actor, subject } }: Fact): NoticeMessage['about']['by'] {
  if (actor.id === subject.id) return 'person';
  const definition = type === 'reset.done' ? resetEvents.resetDone : resetEvents.resetRequested;
  const reset = definition.schema.safeParse(data);
  if (!reset.success) return 'administrator';
  return resetCauses[reset.data.reason];
}

const resetCauses = {
  'own-request': 'person',
  'administrator-request': 'administrator',
  'support-request': 'support',
} as const;

/** Of these there is nothing of one's own to stop: a practice decided it, it was just reported, or it is somebody else's. */
const notReported: readonly NoticeTemplate[] = [
  'enforcement-on',
  'changes-frozen',
  'change-reported',
  'reset-awaits-approval',
  'membership-changed',
  'appointment-changed',
];

/** Whether there is something to stop, so that the message carries a link for it. */
export const canBeReported = ({ template }: NoticeMessage): boolean => !notReported.includes(template);
