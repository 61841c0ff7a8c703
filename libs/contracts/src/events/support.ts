import { z } from 'zod';
import { defineEvent } from '../event-definition';
import { idSchema } from '../fact';

const described = { version: 1, owner: 'identity', audience: 'audit', outcome: 'success', upcasters: [] } as const;
const supportCase = { caseId: idSchema, personId: idSchema };

/** The help desk of the installation: who belongs to it, whom it looked for, and what it did before a reset (AX5). */
export const supportEvents = {
  supportAppointed: defineEvent({
    ...described,
    type: 'support.appointed',
    audience: 'audit-and-person',
    stream: 'person-{personId}',
    label: 'Appointed to support',
    schema: z.strictObject({ personId: idSchema }),
  }),
  supportDismissed: defineEvent({
    ...described,
    type: 'support.dismissed',
    audience: 'audit-and-person',
    stream: 'person-{personId}',
    label: 'Dismissed from support',
    schema: z.strictObject({ personId: idSchema }),
  }),
  supportLookedUp: defineEvent({
    ...described,
    type: 'support.person-looked-up',
    stream: 'support-look-up-{lookUpId}',
    label: 'Looked up by support',
    /** Null where nobody has the address that was typed, which is not kept. */
    schema: z.strictObject({ lookUpId: idSchema, personId: idSchema.nullable() }),
  }),
  supportCaseOpened: defineEvent({
    ...described,
    type: 'support-case.opened',
    stream: 'support-case-{caseId}',
    label: 'Support case opened',
    schema: z.strictObject({ ...supportCase, openedBy: idSchema }),
  }),
  supportCaseStepRecorded: defineEvent({
    ...described,
    type: 'support-case.step-recorded',
    stream: 'support-case-{caseId}',
    label: 'Verification step recorded by support',
    schema: z.strictObject({
      ...supportCase,
      /** The name of the step in the checklist of the installation. */
      step: z.string().min(1).max(40),
      recordedBy: idSchema,
      /** What was found, sealed under the data key of the person concerned. */
      note: z.string(),
    }),
  }),
  supportCaseResetPermitted: defineEvent({
    ...described,
    type: 'support-case.reset-permitted',
    stream: 'support-case-{caseId}',
    label: 'Every required step recorded; the reset was permitted',
    schema: z.strictObject({ ...supportCase, permittedTo: idSchema }),
  }),
} as const;
