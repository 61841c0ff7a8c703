import { z } from 'zod';

/** An administrator is what people call the account manager; an analyst reads the audit. */
export const organisationRoleSchema = z.enum(['member', 'patient', 'administrator', 'analyst']);
export type OrganisationRole = z.infer<typeof organisationRoleSchema>;
