import {
  eventDefinition,
  resetEvents,
  type EventData,
  type EventType,
  type Fact,
  type FactorType,
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

type Telling<Type extends EventType> = 'nobody' | ((data: EventData<Type>) => Notice | null);

/**
 * Whom each event type is told to (PRODUCT HE8, R6): an entry for every type there is, so that a new one does not
 * compile without a decision (I6).
 */
const tellings: { readonly [Type in EventType]: Telling<Type> } = {
  'organisation.created': 'nobody',
  'organisation.policy-changed': 'nobody',
  'person.registered': 'nobody',
  'person.joined-organisation': 'nobody',
  'person.roles-changed': 'nobody',
  'person.sites-changed': 'nobody',
  'person.left-organisation': 'nobody',
  'organisation.site-added': 'nobody',
  'organisation.site-renamed': 'nobody',
  'organisation.site-removed': 'nobody',
  'first-password.offered': 'nobody',
  'first-password.chosen': 'nobody',
  'first-password.withdrawn': 'nobody',
  'person.second-factor-requirement-changed': 'nobody',
  'operator.appointed': 'nobody',
  'shared-account.suspected': 'nobody',
  'shared-account.decided': 'nobody',
  'support.appointed': 'nobody',
  'support.dismissed': 'nobody',
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
  'factor.roles-changed': 'nobody',
  'factor-changes.frozen': ({ until }) => ({ template: 'changes-frozen', change: { kind: 'freeze', until } }),
  // A first set comes with the factor that is told already.
  'recovery-codes.issued': ({ replaced }) =>
    replaced === null ? null : ofFactor('recovery-codes-issued', 'recovery-code', null),
  'reset.requested': 'nobody',
  'reset.approved': 'nobody',
  'reset.rejected': 'nobody',
  'reset.expired': 'nobody',
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

/** The event types that may cause a message. */
export const toldTypes: readonly string[] = Object.entries(tellings)
  .filter(([, telling]) => telling !== 'nobody')
  .map(([type]) => type);

const isEventType = (type: string): type is EventType => Object.hasOwn(tellings, type);

/**
 * The message that a fact causes, or null for none; `messageIdFor` gives it the id that it has whenever the fact is
 * delivered. Throws for a type that this release does not know.
 */
export function messageAbout(fact: Fact, messageIdFor: (factId: string, at: string) => string): NoticeMessage | null {
  const definition = eventDefinition(fact.type);
  if (!definition || !isEventType(fact.type)) throw new UnreadableEvent(fact.type, fact.schemaVersion);
  const telling = tellings[fact.type];
  if (telling === 'nobody') return null;
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
    about: { factId: fact.id, at: fact.at, by: causeOf(fact), change },
  };
}

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
