import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-definition';
import { idSchema, instantSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';

const attempt = { challengeId: idSchema, signInId: idSchema, credentialId: idSchema, factorType: factorTypeSchema };

/** An answer to something that was asked for in this sign-in. */
const refusedAttemptSchema = z.strictObject({
  ...attempt,
  hint: z.string(),
  reason: z.enum([
    'wrong',
    'already-used',
    'counter-not-increased',
    'expired',
    'too-many-attempts',
    'disabled',
    'revoked',
  ]),
});
/** An answer to a challenge that is lost, or never was this sign-in's. What was typed as its id is not kept (I4). */
const unmatchedAnswerSchema = z.strictObject({ signInId: idSchema, reason: z.literal('unknown-challenge') });

export const challengeEvents = {
  challengeIssued: defineEvent({
    type: 'challenge.issued',
    version: 1,
    owner: 'challenge',
    stream: 'credential-{credentialId}',
    label: 'Code asked for',
    audience: 'audit',
    outcome: 'success',
    /** The first one tells whose credential the stream is about. */
    schema: z.strictObject({ ...attempt, personId: idSchema, hint: z.string(), expiresAt: instantSchema }),
    upcasters: [],
  }),
  challengePassed: defineEvent({
    type: 'challenge.passed',
    version: 2,
    owner: 'challenge',
    stream: 'credential-{credentialId}',
    label: 'Code accepted',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({
      ...attempt,
      hint: z.string(),
      /** What the answer matched, in the factor's own terms; never the answer. */
      evidence: z.int(),
      /** What the authenticator's counter of signatures said; null of those that do not count. */
      signCount: z.int().nullable(),
      /** Registered values of RFC 8176 that the answer added to those of its factor. */
      amr: z.array(z.string()),
      /** Keyed hash of the answer: the same answer to the same challenge gives the same proof for 60 s. */
      answerFingerprint: z.string(),
    }),
    // Version 1 knew no factor that counts or adds anything.
    upcasters: [(data) => ({ ...(data as object), signCount: null, amr: [] })],
  }),
  challengeRefused: defineEvent({
    type: 'challenge.refused',
    version: 3,
    owner: 'challenge',
    stream: 'credential-{credentialId} or answers-{signInId}',
    label: 'Code refused',
    audience: 'audit',
    outcome: 'refused',
    schema: z.union([refusedAttemptSchema, unmatchedAnswerSchema]),
    // Version 1 knew no answers without a challenge, version 2 no counters; what they have is a version 3 as it stands.
    upcasters: [(data) => data, (data) => data],
  }),
  credentialDisabled: defineEvent({
    type: 'credential.disabled',
    version: 1,
    owner: 'challenge',
    stream: 'credential-{credentialId}',
    label: 'Factor disabled after too many wrong codes',
    audience: 'audit-and-person',
    outcome: 'refused',
    schema: z.strictObject({
      credentialId: idSchema,
      factorType: factorTypeSchema,
      hint: z.string(),
      failures: z.int(),
    }),
    upcasters: [],
  }),
} as const;
export type ChallengeEvent = EventOf<typeof challengeEvents>;
