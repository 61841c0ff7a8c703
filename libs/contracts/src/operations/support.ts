import { z } from 'zod';
import { idSchema, instantSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';

/** Someone of the help desk, as operators see them. */
export const supportStaffSchema = z.object({ personId: z.string(), name: z.string(), emailHint: z.string() });

/** Someone as support sees them: masked, and no more than helps to tell that they are who they say (PRODUCT AX5). */
export const helpedPersonSchema = z.object({
  personId: z.string(),
  /** The first letter of each name. */
  maskedName: z.string(),
  emailHint: z.string(),
  practices: z.array(z.string()),
  /** Of each active method. */
  methods: z.array(factorTypeSchema),
  /** Whether the operator asks this one person for a second factor (PRODUCT HE3). */
  secondFactorRequired: z.boolean().default(false),
  /** Why support may not reset them, as a sentence that says whom to ask; null where it may. */
  refusal: z.string().nullable(),
});

/** One step by which support makes sure with whom it speaks: the installation's own list, or the default one. */
export const checklistStepSchema = z.object({
  step: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'use small letters, digits and dashes, such as call-back'),
  label: z.string().min(1).max(200),
  required: z.boolean(),
});
export type ChecklistStep = z.infer<typeof checklistStepSchema>;

export const supportCaseSchema = z.object({
  caseId: z.string(),
  person: helpedPersonSchema,
  openedAt: instantSchema,
  /** Until when steps are recorded and the reset can be asked for. */
  expiresAt: instantSchema,
  steps: z.array(
    checklistStepSchema.extend({
      recorded: z.array(z.object({ at: instantSchema, by: z.string(), note: z.string() })),
    }),
  ),
  /** The required steps that are not recorded yet. */
  missing: z.array(z.string()),
});

/** Somebody who reported a change of their methods as not their own, as support sees them (PRODUCT HE8). */
export const reportSummarySchema = z.object({
  /** The first letter of each name. */
  maskedName: z.string(),
  emailHint: z.string(),
  practices: z.array(z.string()),
  /** Until when nothing of their methods can be changed. */
  frozenUntil: instantSchema,
});

const token = z.string();
const positions = z.array(z.string());

/** What operators ask of identity about support, and support about people. */
export const supportOperations = {
  listSupportStaff: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token }),
    reply: z.object({ people: z.array(supportStaffSchema) }),
  },
  appointSupport: {
    callers: ['gateway'],
    repeat: 'with-key',
    request: z.object({
      token,
      email: z.string(),
      /** Of someone who is registered by this; without one, what stands before the @. */
      name: z.string().optional(),
    }),
    /** The password of a new person, which is shown this once. */
    reply: z.object({ personId: z.string(), password: z.string().nullable(), positions }),
  },
  dismissSupport: {
    callers: ['gateway'],
    // Whoever is not of support is dismissed already.
    repeat: 'always',
    request: z.object({ token, personId: idSchema }),
    reply: z.object({ positions }),
  },
  /** Those whose changes are frozen now, the latest report first; at most a hundred. */
  listReports: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token }),
    reply: z.object({
      reports: z.array(reportSummarySchema),
      /** How many there are beside these; a release that does not say names all. */
      more: z.int().default(0),
    }),
  },
  /** The people of support, who are told of reports. */
  listSupportToTell: {
    callers: ['notification'],
    repeat: 'always',
    request: z.object({}),
    reply: z.object({ personIds: z.array(z.string()) }),
  },
  /** The administrators of these practices who have a password, without some, who are told of a reset that waits for one. */
  listApproversToTell: {
    callers: ['notification'],
    repeat: 'always',
    request: z.object({ organisationIds: z.array(idSchema).min(1), notThese: z.array(idSchema) }),
    reply: z.object({ personIds: z.array(z.string()) }),
  },
  /** Who has exactly this address; each look-up is a fact, whoever was found. */
  lookUpPerson: {
    callers: ['gateway'],
    // Each search is recorded.
    repeat: 'never',
    request: z.object({ token, email: z.string() }),
    reply: z.object({ lookUpId: z.string(), person: helpedPersonSchema.nullable(), positions }),
  },
  openSupportCase: {
    callers: ['gateway'],
    repeat: 'with-key',
    request: z.object({ token, lookUpId: idSchema }),
    reply: z.object({ caseId: z.string(), positions }),
  },
  readSupportCase: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token, caseId: idSchema }),
    reply: supportCaseSchema,
  },
  recordSupportStep: {
    callers: ['gateway'],
    repeat: 'with-key',
    request: z.object({ token, caseId: idSchema, step: z.string(), note: z.string() }),
    reply: z.object({ missing: z.array(z.string()), positions }),
  },
  /** Permits the reset of the person of a case whose required steps are all recorded. */
  authoriseSupportReset: {
    callers: ['gateway'],
    // A wrong password is recorded each time.
    repeat: 'never',
    request: z.object({ token, caseId: idSchema, password: z.string().nullable() }),
    reply: z.object({ statement: z.string() }),
  },
} as const;
