import { z } from 'zod';

/** Values separated by commas, each as `isRight` wants it. */
export const settingsList = (isRight: (item: string) => boolean, sentence: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .refine((items) => items.every(isRight), sentence);

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** Where the pages of this installation are, and what it is called. */
export const relyingPartySettings = z.object({
  COFACTOR_PAGES_URL: z
    .url({ protocol: /^https?$/, error: 'takes an address such as https://mfa.practice.example' })
    .describe("The address of this installation's pages, as people type it"),
  COFACTOR_ORIGINS: settingsList(isOrigin, 'takes origins such as https://mfa.practice.example, separated by commas')
    .optional()
    .describe('Origins of our own pages, separated by commas'),
  COFACTOR_ISSUER: z
    .string()
    .regex(/^[^:\p{C}]{1,60}$/u, 'takes a name of at most 60 characters without a colon')
    .default('Cofactor')
    .describe('The name that authenticator apps and passkeys show'),
});

/**
 * Whom browsers bind passkeys to (WebAuthn §5.1.2, Relying Party Identifier): the host of the pages, which stays the
 * same whatever other origins are allowed beside it.
 */
export const relyingPartyOf = (read: z.output<typeof relyingPartySettings>) => ({
  id: new URL(read.COFACTOR_PAGES_URL).hostname,
  name: read.COFACTOR_ISSUER,
  origins: read.COFACTOR_ORIGINS ?? [new URL(read.COFACTOR_PAGES_URL).origin],
});
