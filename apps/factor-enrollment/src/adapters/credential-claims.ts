import type { FactorEnrollmentEvent } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import { isUniqueViolation, type Sql } from '@cofactor/event-store';

/** What one person alone may hold, such as a passkey, by the keyed hash of what makes two of them the same (R17). */
export interface CredentialClaim {
  readonly blindIndex: string;
  readonly credentialId: string;
  readonly personId: string;
}

/** Who holds it now, or null. */
export async function claimantOf(sql: Sql, blindIndex: string): Promise<string | null> {
  const [row] = await sql.query<{ readonly personId: string }>(
    'SELECT person_id AS "personId" FROM credential_claims WHERE blind_index = $1',
    [blindIndex],
  );
  return row?.personId ?? null;
}

/** Refused by its primary key where somebody holds it: of two confirmations at once, one alone is committed. */
export const claimRow = ({ blindIndex, credentialId, personId }: CredentialClaim): SideRow => ({
  sql: 'INSERT INTO credential_claims (blind_index, credential_id, person_id) VALUES ($1, $2, $3)',
  parameters: [blindIndex, credentialId, personId],
});

/** Whether a commit failed because somebody holds it already. */
export const isClaimed = (error: unknown): boolean => isUniqueViolation(error, 'credential_claims_pkey');

/** What these events set free, whoever removed it and why. */
export const releasedClaims = (events: readonly FactorEnrollmentEvent[]): readonly SideRow[] =>
  events.flatMap((event) =>
    event.type === 'factor.revoked'
      ? [{ sql: 'DELETE FROM credential_claims WHERE credential_id = $1', parameters: [event.data.credentialId] }]
      : [],
  );
