import { z } from 'zod';

/** Every factor type that the interface names; those that are built are in the registry of libs/factors. */
export const factorTypeSchema = z.enum(['totp', 'sms', 'email', 'webauthn', 'recovery-code']);
export type FactorType = z.infer<typeof factorTypeSchema>;

export const factorRoleSchema = z.enum(['default', 'secondary', 'recovery']);
export type FactorRole = z.infer<typeof factorRoleSchema>;

/** A role that a method can take, with the default and the secondary method that there are then. */
export const roleChangeSchema = z.object({
  credentialId: z.string(),
  role: factorRoleSchema.extract(['default', 'secondary']),
  default: z.string(),
  secondary: z.string().nullable(),
});
export type RoleChange = z.infer<typeof roleChangeSchema>;

export const missingSchema = z.enum(['default', 'secondary', 'recovery-codes', 'phishing-resistant']);
export type Missing = z.infer<typeof missingSchema>;

export const assuranceSchema = z.object({
  level: z.enum(['aal1', 'aal2', 'aal3']),
  /** Registered values of RFC 8176. */
  amr: z.array(z.string()),
  authenticatedAt: z.iso.datetime({ precision: 3 }),
});
export type Assurance = z.infer<typeof assuranceSchema>;
