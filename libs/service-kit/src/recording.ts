import {
  eventDefinition,
  timeOrderedId,
  type Actor,
  type CallContext,
  type Envelope,
  type Subject,
} from '@cofactor/contracts';
import { asWritten, type EventStore, type Recorder } from '@cofactor/event-sourcing';
import { randomBytes } from 'node:crypto';

/** Seals personal fields under a person's data key; libs/secret-vault's PersonalFields is one. */
export interface PersonalFieldSealer {
  seal(personId: string, value: string | { ip: string; userAgent: string | null }): Promise<string>;
}

/** The person under whose key the personal fields of facts about nobody known are sealed. */
export const installation = 'installation';

export interface Clock {
  now(): Date;
}
export const systemClock: Clock = { now: () => new Date() };

/** A fresh time-ordered id. */
export const newId = (): string => timeOrderedId(new Date(), randomBytes(10));

/** What command handlers record with: real time, real ids, the versions of the contracts. */
export function createRecorder(store: EventStore, clock: Clock): Recorder {
  return {
    store,
    now: () => clock.now(),
    newId,
    asWritten: ({ type, data }) => asWritten(eventDefinition(type), type, data),
  };
}

/** Whom a fact concerns and who caused it, beside what the request already tells. */
export interface Concern {
  readonly organisationIds: readonly string[];
  readonly actor: Actor;
  readonly subject: Subject;
  readonly policyVersion: number | null;
}

/** What a call tells of itself that a fact caused, long after its request was answered. */
export const contextAfter = ({ origin: { requestId, traceparent } }: Envelope): CallContext => ({
  requestId,
  traceparent,
  source: { ip: '127.0.0.1', userAgent: null },
  idempotencyKey: null,
});

/** The envelope of a fact that a request caused: its source is sealed once, here, for the person it is about (BX7). */
export async function envelopeOf(
  sealer: PersonalFieldSealer,
  context: CallContext,
  concern: Concern,
): Promise<Envelope> {
  const sealedFor = concern.subject.kind === 'person' ? concern.subject.id : installation;
  return {
    organisationIds: [...concern.organisationIds],
    actor: concern.actor,
    subject: concern.subject,
    origin: {
      requestId: context.requestId,
      traceparent: context.traceparent,
      sealed: await sealer.seal(sealedFor, context.source),
      sealedFor,
    },
    policyVersion: concern.policyVersion,
  };
}

/** The envelope of a fact that another fact caused: same request, same people, done by a service. */
export const envelopeAfter = (cause: Envelope, service: string): Envelope => ({
  ...cause,
  actor: { kind: 'service', id: service },
});
