import { createHash } from 'node:crypto';

/** The same for every delivery of a fact: 240 bits of the hash over event id and organisation, 40 characters. */
export function recordIdOf(factId: string, organisationId: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([factId, organisationId]))
    .digest();
  return digest.subarray(0, 30).toString('base64url');
}
