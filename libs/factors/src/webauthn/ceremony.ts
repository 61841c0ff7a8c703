import { userVerification } from '@cofactor/policy';
import type { FactorEffects, RelyingParty } from '../factor';

/** What an answer of a browser has to fit. */
export interface Ceremony {
  /** In base64url. */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
  readonly requireUserVerification: boolean;
}

export const ceremonyOf = (challenge: string, { relyingParty, policies }: FactorEffects): Ceremony => ({
  challenge,
  relyingParty,
  requireUserVerification: userVerification(policies) === 'required',
});

/** As the library wants to be told of it. */
export const expectedOf = ({ challenge, relyingParty, requireUserVerification }: Ceremony) => ({
  expectedChallenge: challenge,
  expectedOrigin: [...relyingParty.origins],
  expectedRPID: relyingParty.id,
  requireUserVerification,
});

/** What was found, or null where a check threw: the library refuses by throwing, and nothing of it is told. */
export async function unlessRefused<Found>(check: () => Promise<Found | null>): Promise<Found | null> {
  try {
    return await check();
  } catch {
    return null;
  }
}
