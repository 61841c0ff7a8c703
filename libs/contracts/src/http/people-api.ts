import { z } from 'zod';
import { lineOfText } from '../line-of-text';
import { factorTypeSchema } from '../factor-types';
import { mailDeliverySchema, personSummarySchema, secondFactorStateSchema, siteSchema } from '../operations/people';
import { organisationRoleSchema } from '../roles';
import { endpoint } from './endpoint';
import { email, id, password } from './fields';

const inPractice = '/v1/organisations/{organisationId}';
const refused = ['not-allowed', 'second-factor-required'] as const;
const roles = z
  .array(organisationRoleSchema)
  .min(1, 'Choose at least one role.')
  .refine((chosen) => new Set(chosen).size === chosen.length, 'Name each role once.');
const siteIds = z
  .array(id)
  .max(100, 'Choose at most 100 sites, or none for the whole practice.')
  .refine((chosen) => new Set(chosen).size === chosen.length, 'Name each site once.');
/** What an old release between the services may leave out. */
const personReply = z.strictObject({
  ...personSummarySchema.shape,
  methods: z.array(factorTypeSchema),
  secondFactor: secondFactorStateSchema,
  secondFactorRequired: z.boolean(),
  siteIds: z.array(z.string()),
  firstPassword: z.enum(['chosen', 'missing']),
});
const site = z.strictObject({ name: lineOfText(120) });

/** Who belongs to a practice, and its sites. Administrators and the operator change them; analysts read of people. */
export const peopleApi = {
  listPeople: endpoint({
    id: 'listPeople',
    method: 'GET',
    path: `${inPractice}/people`,
    caller: 'session',
    summary: 'The people of a practice, and how far each is with two-factor authentication',
    query: z.strictObject({
      after: id.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(500),
      secondFactor: secondFactorStateSchema.optional(),
    }),
    body: null,
    status: 200,
    problems: refused,
    reply: z.strictObject({ people: z.array(personReply), next: z.string().nullable() }),
  }),
  readPerson: endpoint({
    id: 'readPerson',
    method: 'GET',
    path: `${inPractice}/people/{personId}`,
    caller: 'session',
    summary: 'One of the people of a practice',
    query: null,
    body: null,
    status: 200,
    problems: refused,
    reply: personReply,
  }),
  addPerson: endpoint({
    id: 'addPerson',
    method: 'POST',
    path: `${inPractice}/people`,
    caller: 'session',
    summary: 'Add someone to a practice, whether they are registered here already or not',
    query: null,
    body: z.strictObject({ name: lineOfText(120), email, roles, siteIds: siteIds.optional() }),
    status: 201,
    problems: [...refused, 'already-a-member', 'email-taken', 'practices-not-compatible'],
    reply: z.strictObject({ personId: z.string(), delivery: mailDeliverySchema }),
  }),
  changePerson: endpoint({
    id: 'changePerson',
    method: 'PUT',
    path: `${inPractice}/people/{personId}`,
    caller: 'session',
    summary: 'Change the roles of a person, and the sites that they belong to; none is the whole practice',
    query: null,
    body: z.strictObject({ roles, siteIds }),
    status: 204,
    problems: [...refused, 'last-administrator', 'practices-not-compatible'],
    reply: null,
  }),
  removePerson: endpoint({
    id: 'removePerson',
    method: 'DELETE',
    path: `${inPractice}/people/{personId}`,
    caller: 'session',
    summary: 'Take a person out of a practice; what they could do and see there ends at once',
    query: null,
    body: null,
    status: 204,
    problems: [...refused, 'last-administrator'],
    reply: null,
  }),
  sendFirstPassword: endpoint({
    id: 'sendFirstPassword',
    method: 'POST',
    path: `${inPractice}/people/{personId}/first-password`,
    caller: 'session',
    summary: 'Send someone the link to their first password again; the one before is dead',
    query: null,
    body: null,
    status: 201,
    problems: refused,
    reply: z.strictObject({ delivery: mailDeliverySchema }),
  }),
  chooseFirstPassword: endpoint({
    id: 'chooseFirstPassword',
    method: 'POST',
    path: '/v1/first-passwords',
    caller: 'anyone',
    summary: 'Choose the first password with the secret of a link, which works once',
    query: null,
    body: z.strictObject({
      token: z.string().min(1, 'Use the link from the mail.').max(200, 'That is no link.'),
      password,
    }),
    status: 204,
    problems: ['link-expired', 'password-too-short', 'password-too-long', 'password-too-common', 'busy'],
    reply: null,
  }),
  listSites: endpoint({
    id: 'listSites',
    method: 'GET',
    path: `${inPractice}/sites`,
    caller: 'session',
    summary: 'The sites of a practice',
    query: null,
    body: null,
    status: 200,
    problems: refused,
    reply: z.strictObject({ sites: z.array(siteSchema) }),
  }),
  addSite: endpoint({
    id: 'addSite',
    method: 'POST',
    path: `${inPractice}/sites`,
    caller: 'session',
    summary: 'Add a site',
    query: null,
    body: site,
    status: 201,
    problems: [...refused, 'site-name-taken', 'too-many-sites'],
    reply: z.strictObject({ siteId: z.string() }),
  }),
  renameSite: endpoint({
    id: 'renameSite',
    method: 'PUT',
    path: `${inPractice}/sites/{siteId}`,
    caller: 'session',
    summary: 'Give a site another name',
    query: null,
    body: site,
    status: 204,
    problems: [...refused, 'site-name-taken'],
    reply: null,
  }),
  removeSite: endpoint({
    id: 'removeSite',
    method: 'DELETE',
    path: `${inPractice}/sites/{siteId}`,
    caller: 'session',
    summary: 'Remove a site to which nobody belongs any more',
    query: null,
    body: null,
    status: 204,
    problems: [...refused, 'site-in-use'],
    reply: null,
  }),
} as const;
