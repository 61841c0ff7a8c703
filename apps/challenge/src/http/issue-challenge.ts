import {
  DomainError,
  type CallContext,
  type challengeOperations,
  type Delivery,
  type HandlersOf,
  type Statement,
} from '@cofactor/contracts';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { factorEffects, type Asked, type FactorEffectParts } from '@cofactor/factors';
import { newId, type Verifier } from '@cofactor/service-kit';
import type { CredentialSecrets, UsableSecret } from '../adapters/credential-secrets';
import type { CredentialStream } from '../adapters/credential-stream';
import { factorOf, openChallengeIn } from '../domain/credential-use';
import {
  expiryOf,
  openChallengesAllowed,
  resendAtOf,
  secondsToAnswer,
  secondsUntil,
  type PendingChallenge,
} from '../domain/pending-challenge';
import { credentialUse, type IssueChallenge as Command } from '../domain/credential-use.decider';
import type { CodeSender, PendingChallenges } from '../domain/ports';
import { signInStatement } from './sign-in-statement';

type Handler = HandlersOf<typeof challengeOperations>['issueChallenge'];
type Request = Parameters<Handler>[0];

export interface IssueChallengeParts extends FactorEffectParts {
  readonly credentials: CredentialStream;
  readonly secrets: CredentialSecrets;
  readonly pending: PendingChallenges;
  readonly keys: IdempotencyKeys;
  readonly verifier: Verifier;
  readonly codes: CodeSender;
}

/** What is told of a challenge beside what it is. */
interface Told {
  readonly resendAt: string;
  readonly details: Record<string, unknown>;
  readonly delivery?: Delivery;
}

/** An expired challenge is kept this much longer, so that an answer that comes too late is recorded as such. Seconds. */
const keptAfterExpiry = 600;

/** Asks for a code: a new challenge of one credential, or the same one again. A sign-in may have several. */
export class IssueChallenge {
  constructor(private readonly parts: IssueChallengeParts) {}

  readonly handle: Handler = async (request, context) => {
    const { verifier, clock, keys, credentials } = this.parts;
    const statement = await signInStatement(verifier, request.statement, clock);
    const { credentialId, challengeId } = request;
    const body = { credentialId, challengeId };
    const keyed = { context, scope: statement.authority.id, operation: 'issueChallenge', body };
    let written: string | null = null;
    const issued = await keys.once(keyed, async (remember) => {
      const { reply, position } = await this.issue(request, statement, context, remember);
      written = position;
      return reply;
    });
    // A kept reply was written before its position was known: where the stream stands now includes it.
    const position = written ?? (await credentials.positionOf(credentialId));
    return { ...issued, positions: [position] };
  };

  private async issue(request: Request, statement: Statement, context: CallContext, remember: Remember) {
    const { clock, secrets } = this.parts;
    const { credentialId, challengeId } = request;
    const secret = await secrets.usable(credentialId, statement.personId);
    if (!secret) throw new DomainError('not-found');
    const now = clock.now().toISOString();
    const before = challengeId === null ? null : await this.ownChallenge(challengeId, credentialId, statement);
    const challenge = before ? { ...before, issuedAt: now } : newChallenge(credentialId, secret, statement, now);
    await this.takePlace(challenge, now);
    const command = { kind: 'issue', challenge, again: before !== null, now } as const;
    try {
      const told = await this.ask(command, secret, statement, context);
      return await this.record(command, told, statement, context, remember);
    } catch (error) {
      if (before === null) await this.parts.pending.leavePlace(challenge);
      throw error;
    }
  }

  /**
   * What the factor asks for; a code is on its way before the challenge is recorded, so that one which cannot be sent is
   * no challenge. Decided once before, so that a refused command sends nothing.
   */
  private async ask(
    command: Command,
    { material }: UsableSecret,
    statement: Statement,
    context: CallContext,
  ): Promise<Told> {
    const { challenge, now } = command;
    const { state } = await this.parts.credentials.load(challenge.credentialId);
    credentialUse.decide(state, command);
    const factor = factorOf(challenge.type);
    const known = openChallengeIn(state, challenge.challengeId);
    const occasion = {
      id: challenge.challengeId,
      purpose: 'sign-in',
      askedAt: new Date(known?.askedAt ?? now),
    } as const;
    const effects = factorEffects(this.parts, statement.policies);
    const { send, details } = await factor.ask(factor.material.parse(material), occasion, effects);
    const timesIssued = known?.timesIssued ?? 0;
    const resendAt = resendAtOf(now, timesIssued + 1);
    if (send === null) return { details, resendAt };
    return { details, resendAt, ...(await this.send(send, challenge, timesIssued, statement, context)) };
  }

  private async send(
    { to, code }: NonNullable<Asked['send']>,
    { challengeId, personId, expiresAt }: PendingChallenge,
    asked: number,
    statement: Statement,
    context: CallContext,
  ) {
    const occasion = { id: challengeId, purpose: 'sign-in', asked } as const;
    const envelope = await this.parts.credentials.envelopeOf(statement, context);
    return this.parts.codes.sendCode({ personId, occasion, to, code, expiresAt, envelope }, context);
  }

  private async record(command: Command, told: Told, statement: Statement, context: CallContext, remember: Remember) {
    const { pending, credentials } = this.parts;
    const { challenge } = command;
    const { challengeId, credentialId, type, hint, expiresAt } = challenge;
    const reply = { challengeId, type, hint, expiresAt, ...told };
    const { position } = await credentials.run(
      credentialId,
      statement,
      context,
      () => command,
      () => remember({ kind: 'reply', reply }),
    );
    await pending.put(challenge, secondsToAnswer + keptAfterExpiry);
    return { reply, position };
  }

  /** A sign-in that is asked for without end would fill the log, and crowd out the challenges of others. */
  private async takePlace(challenge: PendingChallenge, now: string): Promise<void> {
    const free = await this.parts.pending.takePlace(challenge, openChallengesAllowed);
    if (free === null) return;
    const detail = 'Answer a challenge that you have, or wait as long as Retry-After says.';
    throw new DomainError('too-many-attempts', { detail, retryAfter: Math.max(1, secondsUntil(free, now)) });
  }

  /** Lost, unknown or another sign-in's: the same answer, so that ids tell nothing. */
  private async ownChallenge(challengeId: string, credentialId: string, { authority, personId }: Statement) {
    const challenge = await this.parts.pending.get(challengeId);
    const isOwn = challenge?.signInId === authority.id && challenge.personId === personId;
    if (!challenge || !isOwn || challenge.credentialId !== credentialId) throw new DomainError('code-expired');
    return challenge;
  }
}

function newChallenge(
  credentialId: string,
  { type, hint }: UsableSecret,
  { authority, personId }: Statement,
  now: string,
): PendingChallenge {
  const whose = { signInId: authority.id, personId, credentialId };
  return { challengeId: newId(), ...whose, type, hint, issuedAt: now, expiresAt: expiryOf(now) };
}
