import type { z } from 'zod';

/** A bad setting. Its message is one sentence that names the variable and says what it takes. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads settings from the environment. A bad value throws ConfigurationError naming the variable; the value itself
 * is never repeated, since it may be a secret.
 */
export function readConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ConfigurationError(`${issue?.path.join('.') ?? 'The configuration'}: ${issue?.message ?? 'is not right'}.`);
}

export type Mode = 'development' | 'production';

/** A part that is fine on one's own machine and refused in production mode. */
export interface DevelopmentPart {
  /** As an operator knows it, such as "the embedded PostgreSQL". */
  readonly name: string;
  /** The setting that replaces it. */
  readonly instead: string;
}

/** Refuses a production start with any part that is made for development; names every one of them. */
export function refuseInProduction(mode: Mode, parts: readonly DevelopmentPart[]): void {
  if (mode !== 'production' || parts.length === 0) return;
  const list = parts.map(({ name, instead }) => `${name} (${instead})`).join('; ');
  throw new ConfigurationError(`COFACTOR_MODE=production does not start with ${list}.`);
}
