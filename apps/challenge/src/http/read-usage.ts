import type { challengeOperations, HandlersOf } from '@cofactor/contracts';
import { permitted, type Clock, type Verifier } from '@cofactor/service-kit';
import type { CredentialStream } from '../adapters/credential-stream';
import { unusedCredential } from '../domain/credential-use';

type Handler = HandlersOf<typeof challengeOperations>['readUsage'];

export interface ReadUsageParts {
  readonly credentials: CredentialStream;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** How a person's own credentials were used. Somebody else's look like ones that were never used. */
export class ReadUsage {
  constructor(private readonly parts: ReadUsageParts) {}

  readonly handle: Handler = async ({ statement, credentialIds }) => {
    const { credentials, verifier, clock } = this.parts;
    const { personId } = await permitted(verifier, statement, 'read-usage', clock.now());
    const usageOf = async (credentialId: string) => {
      const { state } = await credentials.load(credentialId);
      const { lastUsedAt, disabled, history } = state.personId === personId ? state : unusedCredential;
      return { credentialId, lastUsedAt, disabled, spent: history.spent.length };
    };
    return { usage: await Promise.all(credentialIds.map(usageOf)) };
  };
}
