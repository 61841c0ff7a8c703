import { api } from '../api/client';
import { answered } from '../api/problem';

/** An authenticator app that waits for its first code. */
export interface Enrolment {
  readonly enrolmentId: string;
  readonly secret: string;
  readonly uri: string;
}

const type = 'totp';

/** Starts the set-up of an authenticator app; the password where the policy asks for it. */
export async function startEnrolment(password: string | null): Promise<Enrolment> {
  const body = password === null ? {} : { password };
  const reply = await answered(api.POST('/v1/me/factors/{type}/enrolments', { params: { path: { type } }, body }));
  const { enrolmentId, secret, uri } = reply;
  if (typeof secret !== 'string' || typeof uri !== 'string') throw new Error('an enrolment of totp has secret and uri');
  return { enrolmentId, secret, uri };
}

/** Confirms it with the first code that the app shows. */
export const confirmEnrolment = (enrolmentId: string, code: string) =>
  answered(
    api.POST('/v1/me/factors/{type}/enrolments/{enrolmentId}/confirmation', {
      params: { path: { type, enrolmentId } },
      body: { code },
    }),
  );
