import {
  DomainError,
  type CallContext,
  type ChallengeEvent,
  type challengeOperations,
  type HandlersOf,
  type ProblemCode,
  type Proof,
  type Statement,
} from '@cofactor/contracts';
import { factorEffects, type Factor, type FactorEffectParts, type Occasion } from '@cofactor/factors';
import type { IdempotencyKeys, Outcome, Remember } from '@cofactor/event-store';
import { parseFields, type Signer, type Verifier } from '@cofactor/service-kit';
import type { CredentialSecrets } from '../adapters/credential-secrets';
import type { CredentialStream } from '../adapters/credential-stream';
import { factorOf, openChallengeIn, type CredentialUse } from '../domain/credential-use';
import { passOf, standingOf, type AnswerChallenge as Command } from '../domain/credential-use.decider';
import type { PendingChallenge } from '../domain/pending-challenge';
import type { PendingChallenges } from '../domain/ports';
import { secondsToWait } from '../domain/throttle';
import { signInStatement } from './sign-in-statement';

type Handler = HandlersOf<typeof challengeOperations>['answerChallenge'];
type Refused = Extract<ChallengeEvent, { type: 'challenge.refused' }>;

export interface AnswerChallengeParts extends FactorEffectParts {
  readonly credentials: CredentialStream;
  readonly secrets: CredentialSecrets;
  readonly pending: PendingChallenges;
  readonly keys: IdempotencyKeys;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly fingerprint: (purpose: string, text: string) => string;
}

interface Answering {
  readonly statement: Statement;
  readonly context: CallContext;
  readonly challenge: PendingChallenge;
  readonly factor: Factor;
  readonly answer: unknown;
  readonly answerFingerprint: string;
}

/** A factor that was removed meanwhile, or a challenge that never was, answers like a challenge that is no more. */
const problems: Readonly<Record<Refused['data']['reason'], ProblemCode>> = {
  wrong: 'code-wrong',
  'already-used': 'code-already-used',
  expired: 'code-expired',
  'too-many-attempts': 'too-many-attempts',
  disabled: 'credential-disabled',
  revoked: 'code-expired',
  'counter-not-increased': 'authenticator-copied',
  'unknown-challenge': 'code-expired',
};

/** Compares an answer with the secret, records the outcome, and vouches for a right one. */
export class AnswerChallenge {
  constructor(private readonly parts: AnswerChallengeParts) {}

  readonly handle: Handler = async (request, context) => {
    const { verifier, clock, keys, fingerprint } = this.parts;
    const statement = await signInStatement(verifier, request.statement, clock);
    const { challengeId } = request;
    const body = { challengeId, answer: request.answer };
    const keyed = { context, scope: statement.authority.id, operation: 'answerChallenge', body };
    const challenge = await this.ownChallenge(challengeId, statement);
    if (!challenge) return keys.once(keyed, (remember) => this.refuseUnmatched(statement, context, remember));
    const factor = factorOf(challenge.type);
    const answer = parseFields(factor.answer, request.answer);
    const answerFingerprint = fingerprint('challenge-answer', JSON.stringify([challengeId, answer]));
    const answering = { statement, context, challenge, factor, answer, answerFingerprint };
    return keys
      .once(keyed, (remember) => this.answer(answering, remember))
      .catch((error: unknown) => this.again(answering, error));
  };

  private async ownChallenge(
    challengeId: string,
    { authority, personId }: Statement,
  ): Promise<PendingChallenge | null> {
    const challenge = await this.parts.pending.get(challengeId);
    const isOwn = challenge?.signInId === authority.id && challenge.personId === personId;
    return isOwn ? challenge : null;
  }

  /** Lost, unknown or another sign-in's: the same answer, so that ids tell nothing. It was an attempt: a fact. */
  private async refuseUnmatched(statement: Statement, context: CallContext, remember: Remember): Promise<never> {
    const refusal = { kind: 'problem', code: problems['unknown-challenge'], extras: {} } as const;
    await this.parts.credentials.refuseUnmatched(statement, context, remember(refusal));
    throw new DomainError(refusal.code);
  }

  private async answer(answering: Answering, remember: Remember) {
    const { statement, context, challenge } = answering;
    const { events, state, position } = await this.parts.credentials.run(
      challenge.credentialId,
      statement,
      context,
      (use) => this.command(use, answering),
      (decided, use) => remember(this.outcomeOf(decided, use)),
    );
    const refusal = this.refusalIn(events, state);
    if (refusal) throw refusal;
    return { proof: await this.proof(answering, state), positions: [position] };
  }

  /** The key of a passed answer must not stand in the way of having the same proof again (DESIGN §6.4, §6.10). */
  private async again(answering: Answering, error: unknown) {
    if (!(error instanceof DomainError) || error.code !== 'already-done') throw error;
    const { credentialId } = answering.challenge;
    const { state } = await this.parts.credentials.load(credentialId);
    const { attempt } = await this.open(answering);
    if (standingOf(state, attempt) !== 'repeated') throw error;
    return {
      proof: await this.proof(answering, state),
      positions: [await this.parts.credentials.positionOf(credentialId)],
    };
  }

  /** The vault is opened for every answer; the secret is compared only where the answer could count. */
  private async command(use: CredentialUse, answering: Answering): Promise<Command> {
    const { factor, answer } = answering;
    const { attempt, secret } = await this.open(answering);
    if (!secret || standingOf(use, attempt) !== 'open') return { kind: 'answer', ...attempt, evidence: null };
    const effects = factorEffects(this.parts, answering.statement.policies);
    const occasion = occasionOf(use, answering.challenge);
    const evidence = await factor.verify(factor.material.parse(secret.material), answer, occasion, effects);
    return { kind: 'answer', ...attempt, evidence };
  }

  private async open({ challenge, answerFingerprint }: Answering) {
    const { secrets, clock } = this.parts;
    const found = await secrets.usable(challenge.credentialId, challenge.personId);
    const secret = found?.type === challenge.type ? found : null;
    const attempt = {
      challenge,
      answerFingerprint,
      now: clock.now().toISOString(),
      secret: secret ? 'usable' : 'dead',
      acceptedAtEnrolment: secret?.acceptedAtEnrolment ?? null,
    } as const;
    return { attempt, secret };
  }

  private refusalIn(events: readonly ChallengeEvent[], use: CredentialUse): DomainError | null {
    const refused = events.find((event): event is Refused => event.type === 'challenge.refused');
    if (!refused) return null;
    const { reason } = refused.data;
    const wait = secondsToWait(use, this.parts.clock.now().toISOString());
    return new DomainError(problems[reason], reason === 'too-many-attempts' ? { retryAfter: Math.max(1, wait) } : {});
  }

  private outcomeOf(events: readonly ChallengeEvent[], use: CredentialUse): Outcome {
    const refusal = this.refusalIn(events, use);
    return refusal ? { kind: 'problem', code: refusal.code, extras: refusal.extras } : { kind: 'secret' };
  }

  /** Dated with the commit of the pass: signed again, it is the same text. */
  private proof({ statement, challenge, factor }: Answering, use: CredentialUse): Promise<string> {
    const pass = passOf(use, challenge);
    if (!pass) throw new Error('an answer was neither refused nor accepted');
    const { personId, authority } = statement;
    const { challengeId, credentialId, type } = challenge;
    const proven = { proofId: challengeId, personId, authority, credentialId, factorType: type };
    const proof: Proof = { purpose: 'second-factor', ...proven, amr: [...factor.amr, ...pass.amr], at: pass.at };
    return this.parts.signer.proof(proof, 'identity');
  }
}

/** As the credential's stream knows it, whatever else holds of the challenge. */
function occasionOf(use: CredentialUse, { challengeId, issuedAt }: PendingChallenge): Occasion {
  const askedAt = new Date(openChallengeIn(use, challengeId)?.askedAt ?? issuedAt);
  return { id: challengeId, purpose: 'sign-in', askedAt };
}
