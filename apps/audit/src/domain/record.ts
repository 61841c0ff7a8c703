import {
  eventDefinition,
  type Actor,
  type EventType,
  type Fact,
  type Origin,
  type Outcome,
  type Subject,
} from '@cofactor/contracts';
import { UnreadableEvent } from '@cofactor/event-sourcing';
import { detailsOf, type Details } from './details';

/** Whose log takes the facts that concern no organisation, such as a sign-in with an unknown email (DESIGN §5). */
export const installation = 'installation';

/**
 * One fact as it stands in the log of one organisation, for ever. The source is the sealed bytes of the fact itself:
 * they are opened only for showing, so that erasure changes no leaf (DESIGN §5 Audit).
 */
export interface AuditRecord extends Details {
  readonly recordId: string;
  readonly at: string;
  readonly organisationId: string;
  readonly type: string;
  readonly outcome: Outcome;
  readonly actor: Actor;
  readonly subject: Subject;
  readonly origin: Pick<Origin, 'sealed' | 'sealedFor'>;
  readonly policyVersion?: number;
  readonly stream: string;
  readonly version: number;
  readonly requestId: string;
  readonly traceparent: string | null;
}

const isEventType = (type: string): type is EventType => Object.hasOwn(detailsOf, type);

/**
 * The records of a fact: one for each organisation that it concerns, or one for the installation; `recordIdOf` gives
 * each the id that it has whenever the fact is delivered. Throws
 * UnreadableEvent for a type that this release does not know, and ZodError for data that do not fit its contract:
 * such a fact is put aside by the transport, never passed over.
 */
export function recordsOf(
  fact: Fact,
  recordIdOf: (factId: string, organisationId: string) => string,
): readonly AuditRecord[] {
  const definition = eventDefinition(fact.type);
  if (!definition || !isEventType(fact.type)) throw new UnreadableEvent(fact.type, fact.schemaVersion);
  // The table gives each type the function for its own data, which its own schema has just checked.
  const details = detailsOf[fact.type](definition.schema.parse(fact.data) as never);
  const { organisationIds, actor, subject, origin, policyVersion } = fact.envelope;
  const logs = organisationIds.length === 0 ? [installation] : new Set(organisationIds);
  return [...logs].map((organisationId) => ({
    recordId: recordIdOf(fact.id, organisationId),
    at: fact.at,
    organisationId,
    type: fact.type,
    outcome: definition.outcome,
    actor,
    subject,
    origin: { sealed: origin.sealed, sealedFor: origin.sealedFor },
    ...details,
    ...(policyVersion === null ? {} : { policyVersion }),
    stream: fact.stream,
    version: fact.version,
    requestId: origin.requestId,
    traceparent: origin.traceparent,
  }));
}
