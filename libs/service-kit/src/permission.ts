import { DomainError, type Statement } from '@cofactor/contracts';
import type { Concern } from './recording';
import type { Verifier } from './signing';

/** Identity's statement, if it permits just this; else refused as `statement-refused` (DESIGN §6.1). */
export async function permitted(
  verifier: Verifier,
  token: string,
  permission: Statement['permission'],
  now: Date,
): Promise<Statement> {
  const statement = await verifier.statement(token, now);
  if (statement.permission !== permission) throw new DomainError('statement-refused');
  return statement;
}

/** A fact that is about a person, and mostly caused by them. The policy version is told where only one policy counts. */
export function ownConcern({ personId, actorId, policies }: Statement): Concern {
  const [first, second] = policies;
  return {
    organisationIds: policies.map(({ organisationId }) => organisationId),
    actor: { kind: 'person', id: actorId ?? personId },
    subject: { kind: 'person', id: personId },
    policyVersion: first && !second ? first.version : null,
  };
}
