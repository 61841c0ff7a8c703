import { api } from '../api/client';
import { answered } from '../api/problem';
import type { FactorType } from '../api/queries';

/** A kind of factor that people set up; recovery codes come with the first of them. */
export type SetUpType = Exclude<FactorType, 'recovery-code'>;

/** What a kind of factor asks for before its set-up starts. */
export type Fields = Readonly<Record<string, string>>;

/** Starts the set-up of a factor; with the password where the policy asks for it. */
export async function startEnrolment(type: SetUpType, fields: Fields, password: string | null) {
  const body = password === null ? fields : { ...fields, password };
  const reply = await answered(api.POST('/v1/me/factors/{type}/enrolments', { params: { path: { type } }, body }));
  const shown: Record<string, unknown> = reply;
  return { ...reply, type, shown };
}

/** A set-up that waits for its confirmation, with what its kind shows or asks. */
export type Enrolment = Awaited<ReturnType<typeof startEnrolment>>;

/** What confirms a set-up: a code, or what the browser's authenticator made. */
export type Answer = { readonly code: string } | { readonly attestation: object };

export const confirmEnrolment = ({ type, enrolmentId }: Enrolment, answer: Answer) =>
  answered(
    api.POST('/v1/me/factors/{type}/enrolments/{enrolmentId}/confirmation', {
      params: { path: { type, enrolmentId } },
      body: 'code' in answer ? answer : { attestation: { ...answer.attestation } },
    }),
  );

/** Has the code of a set-up sent once more; says from when the next time is, and whether it has gone. */
export const resendCode = ({ type, enrolmentId }: Enrolment) =>
  answered(
    api.POST('/v1/me/factors/{type}/enrolments/{enrolmentId}/code', { params: { path: { type, enrolmentId } } }),
  );
