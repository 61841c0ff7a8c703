import { z } from 'zod';

/** The answer to every factor that is proven by typing a code; what the code must look like is for `verify` to say. */
export const codeAnswerSchema = z.strictObject({
  code: z.string().min(1, 'Enter the code.').max(128, 'That is too long for a code.'),
});
export type CodeAnswer = z.infer<typeof codeAnswerSchema>;
