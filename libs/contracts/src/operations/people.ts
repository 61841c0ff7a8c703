import { z } from 'zod';
import { idSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';
import { organisationRoleSchema } from '../roles';

const positions = z.array(z.string());
const inPractice = { token: z.string(), organisationId: idSchema };
const membership = { roles: z.array(organisationRoleSchema).min(1), siteIds: z.array(idSchema) };

/** How far someone is with two-factor authentication: without any, with some of what their rules ask for, or with all. */
export const secondFactorStateSchema = z.enum(['none', 'incomplete', 'complete']);
export type SecondFactorState = z.infer<typeof secondFactorStateSchema>;

export const personSummarySchema = z.object({
  personId: z.string(),
  name: z.string(),
  emailHint: z.string(),
  roles: z.array(organisationRoleSchema),
  /** Of each active method. */
  methods: z.array(factorTypeSchema).default([]),
  /** Null of a release that does not say. */
  secondFactor: secondFactorStateSchema.nullable().default(null),
  /** Whether the operator asks this one person for a second factor (PRODUCT HE3). */
  secondFactorRequired: z.boolean().default(false),
  /** None: the whole practice. */
  siteIds: z.array(z.string()).default([]),
  /** Missing until they have used the link that was sent to them. */
  firstPassword: z.enum(['chosen', 'missing']).default('chosen'),
});

export type PersonSummary = z.infer<typeof personSummarySchema>;

/** What became of the mail to someone who was added: not sent, it is to be sent again. */
export const mailDeliverySchema = z.enum(['sent', 'delayed', 'not-sent']);
export type MailDelivery = z.infer<typeof mailDeliverySchema>;

export const siteSchema = z.object({ siteId: z.string(), name: z.string(), people: z.int() });

/** Who belongs to a practice and to which of its sites. */
export const peopleOperations = {
  listPeople: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({
      ...inPractice,
      /** The person with whom the page before ended. */
      after: idSchema.nullable().default(null),
      limit: z.int().min(1).max(500).default(500),
      /** Only those who are so far; null is everyone. */
      secondFactor: secondFactorStateSchema.nullable().default(null),
    }),
    reply: z.object({ people: z.array(personSummarySchema), next: z.string().nullable().default(null) }),
  },
  readPerson: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ ...inPractice, personId: idSchema }),
    reply: personSummarySchema,
  },
  addPerson: {
    callers: ['gateway'],
    // A second one would find the person there already.
    repeat: 'with-key',
    request: z.object({ ...inPractice, ...membership, name: z.string(), email: z.string() }),
    /** A release that sends no mails says nothing of one. */
    reply: z.object({ personId: z.string(), delivery: mailDeliverySchema.default('not-sent'), positions }),
  },
  changePerson: {
    callers: ['gateway'],
    // The same roles again are no change.
    repeat: 'always',
    request: z.object({ ...inPractice, ...membership, personId: idSchema }),
    reply: z.object({ positions }),
  },
  removePerson: {
    callers: ['gateway'],
    // Whoever has left is not there to leave.
    repeat: 'always',
    request: z.object({ ...inPractice, personId: idSchema }),
    reply: z.object({ positions }),
  },
  /** The link to a first password once more: the one before is dead. Whoever has a password is told again. */
  sendFirstPassword: {
    callers: ['gateway'],
    // A second one would send another mail.
    repeat: 'with-key',
    request: z.object({ ...inPractice, personId: idSchema }),
    reply: z.object({ delivery: mailDeliverySchema, positions }),
  },
  chooseFirstPassword: {
    callers: ['gateway'],
    // The second use of a link is refused.
    repeat: 'with-key',
    /** `link` is the secret of it. */
    request: z.object({ link: z.string(), password: z.string() }),
    reply: z.object({ positions }),
  },
  listSites: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object(inPractice),
    reply: z.object({ sites: z.array(siteSchema) }),
  },
  addSite: {
    callers: ['gateway'],
    // A second one would find its own name taken.
    repeat: 'with-key',
    request: z.object({ ...inPractice, name: z.string() }),
    reply: z.object({ siteId: z.string(), positions }),
  },
  renameSite: {
    callers: ['gateway'],
    // The same name again is no change.
    repeat: 'always',
    request: z.object({ ...inPractice, siteId: idSchema, name: z.string() }),
    reply: z.object({ positions }),
  },
  removeSite: {
    callers: ['gateway'],
    // What is removed is not there to remove.
    repeat: 'always',
    request: z.object({ ...inPractice, siteId: idSchema }),
    reply: z.object({ positions }),
  },
} as const;
