import { z } from 'zod';

const unframedSchema = z.object({ crossOrigin: z.literal(false).optional(), topOrigin: z.undefined().optional() });

/**
 * Whether client data (WebAuthn §5.8.1) come from a page of ours that no other site has framed: §7.1 step 11 and §7.2
 * step 14, which the library leaves to its caller. Throws for what is no JSON.
 */
export function isUnframed(clientDataJSON: string): boolean {
  const parsed: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
  return unframedSchema.safeParse(parsed).success;
}
