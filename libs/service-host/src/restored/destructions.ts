import { challengeEvents, factorEnrollmentEvents, type Fact, type Service } from '@cofactor/contracts';
import { z } from 'zod';

/** The logs with facts that destroy something. */
export const destroyingLogs = ['factor-enrollment', 'challenge'] as const satisfies readonly Service[];

const { factorRevoked, recoveryCodesIssued } = factorEnrollmentEvents;
const { credentialDisabled, challengePassed } = challengeEvents;
const always: readonly string[] = [factorRevoked.type, recoveryCodesIssued.type, credentialDisabled.type];
const spent = 'recovery-code';

/**
 * Whether a fact is a tombstone (docs/adr/0010). A step of an authenticator app is spent by time alone; a recovery code
 * only by its fact.
 */
export function destroys({ type, data }: Pick<Fact, 'type' | 'data'>): boolean {
  if (always.includes(type)) return true;
  if (type !== challengePassed.type) return false;
  return typeof data === 'object' && data !== null && 'factorType' in data && data.factorType === spent;
}

/** The same, for the rows of a log. */
export const destroysInSql = `type IN (${always.map((type) => `'${type}'`).join(', ')})
  OR type = '${challengePassed.type}' AND data ->> 'factorType' = '${spent}'`;

/** In every version that these events ever had. */
const revokedSchema = z.object({ credentialId: z.string() });
const issuedSchema = z.object({ replaced: z.string().nullable() });

/** The entries of the vault that a fact took away. */
export function destroyedBy({ type, data }: Fact): readonly string[] {
  if (type === factorRevoked.type) return [revokedSchema.parse(data).credentialId];
  if (type !== recoveryCodesIssued.type) return [];
  const { replaced } = issuedSchema.parse(data);
  return replaced === null ? [] : [replaced];
}
