import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-definition';
import { idSchema, instantSchema } from '../fact';
import { assuranceSchema, factorTypeSchema } from '../factor-types';
import { organisationRoleSchema } from '../roles';
import { policySchema, writtenPolicySchema } from '../policy';
import { presetSchema } from '../presets';
import { peopleEvents } from './people';
import { sharedAccountEvents } from './shared-accounts';
import { supportEvents } from './support';

/** Text sealed under a person's data key; readable until that key is destroyed. */
const sealedSchema = z.string();

/** The one-time proof that a step rests on; the stream remembers it, so it works once (DESIGN §6.4). */
const acceptedProofSchema = z.strictObject({
  proofId: idSchema,
  credentialId: idSchema,
  factorType: factorTypeSchema,
});

/** What the first releases wrote had fewer settings. */
const withPolicy = (data: unknown): unknown => {
  const { policy, ...rest } = z.looseObject({ policy: writtenPolicySchema }).parse(data);
  return { ...rest, policy };
};

export const identityEvents = {
  ...peopleEvents,
  organisationCreated: defineEvent({
    type: 'organisation.created',
    version: 2,
    owner: 'identity',
    stream: 'organisation-{organisationId}',
    label: 'Practice created',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      organisationId: idSchema,
      name: z.string(),
      preset: presetSchema,
      policy: policySchema,
      policyVersion: z.int().min(1),
    }),
    upcasters: [withPolicy],
  }),
  organisationPolicyChanged: defineEvent({
    type: 'organisation.policy-changed',
    version: 1,
    owner: 'identity',
    stream: 'organisation-{organisationId}',
    label: 'Sign-in rules changed',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({
      organisationId: idSchema,
      policy: policySchema,
      policyVersion: z.int().min(2),
      /** The settings that differ from before, by their place: `enforced`, `session.idle`. */
      changed: z.array(z.string()).min(1),
    }),
    upcasters: [],
  }),
  personRegistered: defineEvent({
    type: 'person.registered',
    version: 1,
    owner: 'identity',
    stream: 'person-{personId}',
    label: 'Person registered',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ personId: idSchema, contactId: idSchema, emailHint: z.string(), name: sealedSchema }),
    upcasters: [],
  }),
  personJoined: defineEvent({
    type: 'person.joined-organisation',
    version: 2,
    owner: 'identity',
    stream: 'person-{personId}',
    label: 'Person joined the practice',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      personId: idSchema,
      organisationId: idSchema,
      roles: z.array(organisationRoleSchema),
    }),
    // Version 1 knew administrators only.
    upcasters: [(data) => data],
  }),
  secondFactorRequirementChanged: defineEvent({
    type: 'person.second-factor-requirement-changed',
    version: 1,
    owner: 'identity',
    stream: 'person-{personId}',
    label: 'Second factor for one person switched on or off',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({ personId: idSchema, required: z.boolean() }),
    upcasters: [],
  }),
  operatorAppointed: defineEvent({
    type: 'operator.appointed',
    version: 1,
    owner: 'identity',
    stream: 'person-{personId}',
    label: 'Operator appointed',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({ personId: idSchema }),
    upcasters: [],
  }),
  signInStarted: defineEvent({
    type: 'sign-in.started',
    version: 1,
    owner: 'identity',
    stream: 'sign-in-{signInId}',
    label: 'Password accepted',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      signInId: idSchema,
      personId: idSchema,
      method: z.literal('password'),
      /** What the sign-in was told to do next; a set-up cannot take the place of a second factor that is held. */
      next: z.enum(['second-factor', 'set-up', 'completed']),
      expiresAt: instantSchema,
    }),
    upcasters: [],
  }),
  signInRefused: defineEvent({
    type: 'sign-in.refused',
    version: 1,
    owner: 'identity',
    stream: 'password-door-{doorId}',
    label: 'Sign-in refused',
    audience: 'audit',
    outcome: 'refused',
    schema: z.strictObject({
      personId: idSchema.nullable(),
      reason: z.enum(['wrong-password', 'unknown-email', 'too-many-attempts', 'no-way-in']),
    }),
    upcasters: [],
  }),
  passwordWaitCleared: defineEvent({
    type: 'password-wait.cleared',
    version: 1,
    owner: 'identity',
    stream: 'password-door-{doorId}',
    label: 'Waiting time after wrong passwords ended by the right one',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ personId: idSchema }),
    upcasters: [],
  }),
  secondFactorAccepted: defineEvent({
    type: 'sign-in.second-factor-accepted',
    version: 1,
    owner: 'identity',
    stream: 'sign-in-{signInId}',
    label: 'Second factor accepted, more still to be done',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ signInId: idSchema, personId: idSchema, proof: acceptedProofSchema }),
    upcasters: [],
  }),
  signInCompleted: defineEvent({
    type: 'sign-in.completed',
    version: 1,
    owner: 'identity',
    stream: 'sign-in-{signInId}',
    label: 'Signed in',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      signInId: idSchema,
      personId: idSchema,
      sessionId: idSchema,
      assurance: assuranceSchema,
      /** What proved the second factor; null where the first was enough. */
      proof: acceptedProofSchema.nullable(),
    }),
    upcasters: [],
  }),
  signInCancelled: defineEvent({
    type: 'sign-in.cancelled',
    version: 1,
    owner: 'identity',
    stream: 'sign-in-{signInId}',
    label: 'Sign-in cancelled',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ signInId: idSchema, personId: idSchema }),
    upcasters: [],
  }),
  sessionStarted: defineEvent({
    type: 'session.started',
    version: 1,
    owner: 'identity',
    stream: 'session-{sessionId}',
    label: 'Session started',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      sessionId: idSchema,
      personId: idSchema,
      assurance: assuranceSchema,
      expiresAt: instantSchema,
    }),
    upcasters: [],
  }),
  sessionElevated: defineEvent({
    type: 'session.elevated',
    version: 1,
    owner: 'identity',
    stream: 'session-{sessionId}',
    label: 'Session raised after a second factor was set up',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      sessionId: idSchema,
      personId: idSchema,
      assurance: assuranceSchema,
      proof: acceptedProofSchema,
    }),
    upcasters: [],
  }),
  sessionEnded: defineEvent({
    type: 'session.ended',
    version: 4,
    owner: 'identity',
    stream: 'session-{sessionId}',
    label: 'Session ended',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      sessionId: idSchema,
      personId: idSchema,
      reason: z.enum([
        'signed-out',
        'ended-from-another-session',
        'second-factor-added',
        'factors-reset',
        'reported-as-not-mine',
        'left-last-practice',
      ]),
    }),
    // Version 1 knew no resets, version 2 no reports of a change as not one's own, version 3 nobody without a practice.
    upcasters: [(data) => data, (data) => data, (data) => data],
  }),
  factorChangeRefused: defineEvent({
    type: 'factor-change.refused',
    version: 2,
    owner: 'identity',
    stream: 'factor-changes-{personId}',
    label: 'Change of factors refused',
    audience: 'audit',
    outcome: 'refused',
    schema: z.strictObject({
      personId: idSchema,
      change: z.enum([
        'enrol-factor',
        'confirm-enrolment',
        'revoke-factor',
        'change-factor-roles',
        'issue-recovery-codes',
      ]),
      reason: z.enum(['second-factor-required', 'set-up-required', 'no-way-in', 'generic-account']),
    }),
    // Version 1 did not know shared accounts.
    upcasters: [(data) => data],
  }),
  ...sharedAccountEvents,
  ...supportEvents,
} as const;
export type IdentityEvent = EventOf<typeof identityEvents>;
