import type { FactorType } from '@cofactor/contracts';
import type { z } from 'zod';

/** What a factor needs of the outside world; passed in, so that everything here stays pure and testable. */
export interface FactorEffects {
  readonly now: Date;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Salted, slow hash of a low-entropy secret, and its check. Both take a place in the bounded hashing queue. */
  readonly hash: (secret: string) => Promise<string>;
  readonly matchesHash: (hash: string, secret: string) => Promise<boolean>;
  /** A hash with today's parameters that nothing matches: the work for an unknown secret. */
  readonly dummyHash: string;
}

/** What is remembered of a credential's successful uses; enough to refuse each one-time thing a second time. */
export interface UseHistory {
  /** The largest evidence accepted so far, or null. */
  readonly last: number | null;
  /** Every evidence accepted so far, for factors whose parts are spent one by one; else empty. */
  readonly spent: readonly number[];
}
export const neverUsed: UseHistory = { last: null, spent: [] };

export interface StartedFactor<Material> {
  /** What verification needs later; sealed in the vault, never in an event. */
  readonly material: Material;
  /** Masked, safe in events and pages. */
  readonly hint: string;
  readonly name: string;
  /** Shown once to the person: secret and link, or the codes. */
  readonly details: Record<string, unknown>;
}

/**
 * One kind of second factor. Everything else (routes, events, storage, throttles) is generic, so a new kind is this
 * interface, one folder and one line in the registry. The laws that every kind keeps are in factor.contract.ts.
 */
export interface Factor<Fields = unknown, Material = unknown, Answer = unknown> {
  readonly type: FactorType;
  /** How people choose it: set up by enrolment, or generated as a set beside the other factors. */
  readonly origin: 'enrolled' | 'generated';
  /** Registered values of RFC 8176 that a passed verification adds. */
  readonly amr: readonly string[];
  readonly fields: z.ZodType<Fields>;
  readonly material: z.ZodType<Material>;
  readonly answer: z.ZodType<Answer>;
  /** Makes new material. Two calls never make the same. */
  start(
    input: { readonly fields: Fields; readonly issuer: string; readonly accountLabel: string; readonly count: number },
    effects: FactorEffects,
  ): Promise<StartedFactor<Material>>;
  /**
   * What the answer matches in the material (a TOTP step, the index of a recovery code), or null for no match.
   * Says nothing about earlier uses; never throws for an answer that `answer` accepts.
   */
  verify(material: Material, answer: Answer, effects: FactorEffects): Promise<number | null>;
  /** Whether evidence that matched may be accepted after these uses. Pure. */
  isFresh(history: UseHistory, evidence: number): boolean;
  /** The history after an accepted use. Pure. */
  remember(history: UseHistory, evidence: number): UseHistory;
}
