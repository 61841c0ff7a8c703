import { DomainError, type EventData, type FactorEnrollmentEvent, type OrganisationPolicy } from '@cofactor/contracts';
import { recoveryCodesName, type FactorSet } from './factor-set';

type Reason = EventData<'reset.requested'>['reason'];

export interface RequestReset {
  readonly kind: 'request-reset';
  readonly resetId: string;
  readonly personId: string;
  readonly requestedBy: string;
  readonly reason: Reason;
  /** Sealed. */
  readonly explanation: string | null;
  readonly policies: readonly OrganisationPolicy[];
}

/** The second half, after the person's sessions have ended. */
export interface CompleteReset {
  readonly kind: 'complete-reset';
  readonly resetId: string;
}

export type ResetCommand = RequestReset | CompleteReset;

/** One that was begun and not finished is gone on with, so that asking again has no effect of its own (DESIGN §6.6). */
export function requestReset(set: FactorSet, command: RequestReset): readonly FactorEnrollmentEvent[] {
  const { resetId, personId, requestedBy, reason, explanation, policies } = command;
  if (policies.some(({ policy }) => policy.resetApproval)) throw new DomainError('not-allowed', { detail: fourEyes });
  if (set.reset !== null) return [];
  const data = { resetId, personId, requestedBy, reason, explanation, approval: { kind: 'not-needed' } } as const;
  return [{ type: 'reset.requested', data }];
}

const fourEyes = 'Your practice asks for a second administrator at every reset. Ask an administrator.';

/** Clears what is held, and opens the set-up (DESIGN §6.2). A second time, or of another reset, it is nothing. */
export function completeReset(set: FactorSet, { resetId }: CompleteReset): readonly FactorEnrollmentEvent[] {
  const { reset, factors, recoveryCodes } = set;
  if (reset?.resetId !== resetId) return [];
  const { personId, requestedBy, reason, approvedBy } = reset;
  const codes = { type: 'recovery-code', name: recoveryCodesName, hint: recoveryCodesName } as const;
  const held = recoveryCodes ? [...factors, { credentialId: recoveryCodes.credentialId, ...codes }] : factors;
  return [
    ...held.map(({ credentialId, type, name, hint }) => ({
      type: 'factor.revoked' as const,
      data: { credentialId, type, name, hint, reason: 'reset' as const },
    })),
    { type: 'reset.done', data: { resetId, personId, requestedBy, reason, approvedBy } },
  ];
}
