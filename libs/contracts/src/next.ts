import { z } from 'zod';
import { factorRoleSchema, factorTypeSchema, missingSchema } from './factor-types';

export const methodSchema = z.object({
  credentialId: z.string(),
  type: factorTypeSchema,
  hint: z.string(),
  role: factorRoleSchema.nullable(),
});
export type SignInMethod = z.infer<typeof methodSchema>;

/** What a sign-in still needs. */
export const nextSchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('second-factor'), methods: z.array(methodSchema) }),
  z.object({ step: z.literal('set-up'), allowed: z.array(factorTypeSchema), missing: z.array(missingSchema) }),
  z.object({ step: z.literal('completed') }),
]);
export type Next = z.infer<typeof nextSchema>;
