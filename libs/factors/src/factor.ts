import type { FactorType, OrganisationPolicy } from '@cofactor/contracts';
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
  readonly relyingParty: RelyingParty;
  /** Those of the person's organisations, for what they rule of this factor. */
  readonly policies: readonly OrganisationPolicy[];
}

/** Whom a browser binds its passkeys to (WebAuthn §4, Relying Party), and what authenticator apps show. */
export interface RelyingParty {
  /** A host without a port. */
  readonly id: string;
  readonly name: string;
  /** Where the pages are, such as `https://mfa.practice.example`. */
  readonly origins: readonly string[];
}

/**
 * One set-up or one challenge. What it asks for is derived from its id and the material, so that nothing which could
 * answer it is kept anywhere, and asking again asks for the same.
 */
export interface Occasion {
  readonly id: string;
  readonly purpose: 'set-up' | 'sign-in';
  /** When it was first asked for. */
  readonly askedAt: Date;
}

/** A code that the person learns only by getting it. */
export interface CodeToSend {
  readonly to: { readonly kind: 'login-address' } | { readonly kind: 'number'; readonly number: string };
  readonly code: string;
}

/** What an occasion asks for, beyond waiting for an answer. */
export interface Asked {
  readonly send: CodeToSend | null;
  /** For whoever answers; beside what is told of every occasion. */
  readonly details: Record<string, unknown>;
}

/** What a factor asks for that waits for nothing but its answer. */
export const nothingAsked: Asked = { send: null, details: {} };

/** What a right answer showed. */
export interface Evidence {
  /** What it spends: a TOTP step, the index of a recovery code, when its challenge was asked for. */
  readonly use: number;
  /** How often the authenticator says it has signed; null of those that do not count. */
  readonly signatures: SignatureCount | null;
  /** Registered values of RFC 8176 that this answer adds to those of its factor. */
  readonly amr: readonly string[];
}

/** The signature counter of WebAuthn §6.1.1. */
export interface SignatureCount {
  readonly now: number;
  /** When the credential was made. */
  readonly atFirst: number;
}

/** Evidence of a factor that spends something and shows no more. */
export const evidenceOf = (use: number): Evidence => ({ use, signatures: null, amr: [] });

/**
 * Whether the counter has not moved on since it was last seen, so that the authenticator may have been copied
 * (WebAuthn §7.2 step 22, R19). One that stays at 0 does not count.
 */
export function countsBackwards({ now, atFirst }: SignatureCount, lastSeen: number | null): boolean {
  const before = lastSeen ?? atFirst;
  return (now > 0 || before > 0) && now <= before;
}

/** What is remembered of a credential's successful uses; enough to refuse each one-time thing a second time. */
export interface UseHistory {
  /** The largest use accepted so far, or null. */
  readonly last: number | null;
  /** Every use accepted so far, for factors whose parts are spent one by one; else empty. */
  readonly spent: readonly number[];
}
export const neverUsed: UseHistory = { last: null, spent: [] };

export interface FactorStart<Fields, Material> {
  readonly fields: Fields;
  /** The login address. */
  readonly accountLabel: string;
  readonly personId: string;
  /** How many codes a set has. */
  readonly count: number;
  /** What the person's other factors of this type keep. */
  readonly held: () => Promise<readonly Material[]>;
}

export interface StartedFactor<Material> {
  /** What verification needs later; sealed in the vault, never in an event. */
  readonly material: Material;
  /** Masked, safe in events and pages. */
  readonly hint: string;
  readonly name: string;
  /** Shown once to the person: secret and link, or the codes. */
  readonly details: Record<string, unknown>;
}

/** A set-up whose answer was right. */
export interface ConfirmedFactor<Material> {
  readonly evidence: Evidence;
  /** What the factor shows itself to be, for one that nobody gave a name. */
  readonly name?: string;
  /** What verification needs from now on. */
  readonly material: Material;
}

/**
 * One kind of second factor. Everything else (routes, events, storage, throttles, sending) is generic, so a new kind is
 * this interface, one folder and one line in the registry. The laws that every kind keeps are in factor.contract.ts.
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
  /** How many of this type one person may hold; null for any number. */
  readonly atMost: number | null;
  /** Wrong answers that one challenge stands; then it is over, and another is asked for. Null: any number. */
  readonly triesPerChallenge: number | null;
  /** Makes new material. Two calls never make the same. Throws DomainError for fields that the policies refuse. */
  start(input: FactorStart<Fields, Material>, effects: FactorEffects): Promise<StartedFactor<Material>>;
  /** What an occasion asks for; the same for the same occasion. */
  ask(material: Material, occasion: Occasion, effects: FactorEffects): Promise<Asked>;
  /** What the answer to a set-up matches and what is kept of it, or null where it is wrong. */
  confirm(
    material: Material,
    answer: Answer,
    occasion: Occasion,
    effects: FactorEffects,
  ): Promise<ConfirmedFactor<Material> | null>;
  /**
   * What the answer to a challenge showed, or null for no match. Says nothing about earlier uses; never throws for an
   * answer that `answer` accepts.
   */
  verify(material: Material, answer: Answer, occasion: Occasion, effects: FactorEffects): Promise<Evidence | null>;
  /** Whether what matched may be spent after these uses. Pure. */
  isFresh(history: UseHistory, use: number): boolean;
  /** The history after an accepted use. Pure. */
  remember(history: UseHistory, use: number): UseHistory;
  /** What makes two credentials of this type one and the same, for its blind index; null where nothing does. */
  identity(material: Material): string | null;
  /** Whether an identity may be held once and by nobody else, or by any number of people. */
  readonly identityHeldBy: 'one' | 'several';
}
