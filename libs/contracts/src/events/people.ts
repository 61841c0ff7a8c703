import { z } from 'zod';
import { defineEvent } from '../event-definition';
import { idSchema, instantSchema } from '../fact';
import { organisationRoleSchema } from '../roles';

const described = { version: 1, owner: 'identity', audience: 'audit', outcome: 'success', upcasters: [] } as const;
const ofPerson = { ...described, stream: 'person-{personId}' } as const;
const ofPractice = { ...described, stream: 'organisation-{organisationId}' } as const;
const ofLink = { ...described, stream: 'first-password-{personId}' } as const;

const membership = { personId: idSchema, organisationId: idSchema };
const site = { organisationId: idSchema, siteId: idSchema };
const link = { personId: idSchema, linkId: idSchema };

/** Who belongs to a practice and to which of its sites, and the links by which people choose their first password. */
export const peopleEvents = {
  personRolesChanged: defineEvent({
    ...ofPerson,
    type: 'person.roles-changed',
    audience: 'audit-and-person',
    label: 'Roles in the practice changed',
    schema: z.strictObject({ ...membership, roles: z.array(organisationRoleSchema).min(1) }),
  }),
  personSitesChanged: defineEvent({
    ...ofPerson,
    type: 'person.sites-changed',
    label: 'Sites of the person changed',
    schema: z.strictObject({
      ...membership,
      /** None: the whole practice. */
      siteIds: z.array(idSchema),
    }),
  }),
  personLeft: defineEvent({
    ...ofPerson,
    type: 'person.left-organisation',
    audience: 'audit-and-person',
    label: 'Person left the practice',
    schema: z.strictObject(membership),
  }),
  siteAdded: defineEvent({
    ...ofPractice,
    type: 'organisation.site-added',
    label: 'Site added',
    schema: z.strictObject({ ...site, name: z.string() }),
  }),
  siteRenamed: defineEvent({
    ...ofPractice,
    type: 'organisation.site-renamed',
    label: 'Site renamed',
    schema: z.strictObject({ ...site, name: z.string() }),
  }),
  siteRemoved: defineEvent({
    ...ofPractice,
    type: 'organisation.site-removed',
    label: 'Site removed',
    schema: z.strictObject(site),
  }),
  firstPasswordOffered: defineEvent({
    ...ofLink,
    type: 'first-password.offered',
    label: 'Link for a first password made; an earlier one is dead',
    schema: z.strictObject({ ...link, expiresAt: instantSchema }),
  }),
  firstPasswordChosen: defineEvent({
    ...ofLink,
    type: 'first-password.chosen',
    label: 'First password chosen',
    schema: z.strictObject(link),
  }),
  firstPasswordWithdrawn: defineEvent({
    ...ofLink,
    type: 'first-password.withdrawn',
    label: 'Link for a first password withdrawn',
    schema: z.strictObject(link),
  }),
} as const;
