import { z } from 'zod';

/**
 * What the vault holds of a factor: what its verification needs, still to be parsed by the factor's own schema, and
 * the masked hint by which a challenge names it. Sealed by factor-enrollment, opened by challenge (DESIGN §6.3).
 */
export const sealedFactorSchema = z.object({ hint: z.string(), material: z.unknown() });
export type SealedFactor = z.infer<typeof sealedFactorSchema>;
