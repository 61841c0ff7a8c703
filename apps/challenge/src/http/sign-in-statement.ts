import { DomainError, type Statement } from '@cofactor/contracts';
import { permitted, type Clock, type Verifier } from '@cofactor/service-kit';

/** The statement of an unfinished sign-in that may be challenged; a session is refused as `statement-refused`. */
export async function signInStatement(verifier: Verifier, token: string, clock: Clock): Promise<Statement> {
  const statement = await permitted(verifier, token, 'challenge', clock.now());
  if (statement.authority.kind !== 'sign-in') throw new DomainError('statement-refused');
  return statement;
}
