import { errors, type JWTPayload } from 'jose';

/**
 * How many seconds the time of a token is ahead of now (negative: behind), where nothing else is wrong with it, since
 * jose looks at the times last; null where its time is not what is wrong.
 */
export function secondsApart(error: unknown, now: Date): number | null {
  const isAboutTime =
    error instanceof errors.JWTExpired || (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iat');
  const issuedAt: unknown = isAboutTime ? error.payload.iat : null;
  return typeof issuedAt === 'number' ? issuedAt - Math.floor(now.getTime() / 1000) : null;
}

/** Seconds: a token that is older says nothing of the clock of the service that signed it. */
const young = 30;

/** Whether a token whose time fits was signed so recently that the two clocks agree. */
export const showsThatClocksAgree = ({ iat }: JWTPayload, now: Date): boolean =>
  iat !== undefined && now.getTime() / 1000 - iat <= young;
