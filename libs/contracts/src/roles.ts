import { z } from 'zod';

/** An administrator is what people call the account manager; an analyst reads the audit. */
export const organisationRoleSchema = z.enum(['member', 'patient', 'administrator', 'analyst']);
export type OrganisationRole = z.infer<typeof organisationRoleSchema>;

/** The operator runs the installation; support is its help desk. */
export const installationRoleSchema = z.enum(['operator', 'support']);
export type InstallationRole = z.infer<typeof installationRoleSchema>;
