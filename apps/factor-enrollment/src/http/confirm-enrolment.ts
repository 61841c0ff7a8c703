import {
  DomainError,
  type CallContext,
  type FactorEnrollmentEvent,
  type factorEnrollmentOperations,
  type HandlersOf,
  type ProblemCode,
  type Statement,
} from '@cofactor/contracts';
import { sealedFactorSchema, type ConfirmedFactor, type Factor } from '@cofactor/factors';
import type { FactorSecrets } from '@cofactor/secret-vault';
import type { IdempotencyKeys, Outcome, Remember } from '@cofactor/event-store';
import { parseFields, permitted, type Clock, type Signer, type Verifier } from '@cofactor/service-kit';
import { claimRow, isClaimed, type CredentialClaim } from '../adapters/credential-claims';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { NewRecoveryCodes, NewSecrets } from '../adapters/new-secrets';
import { setUpOccasion } from '../adapters/set-up-codes';
import { canStillBeConfirmed, enrolmentOf, type Enrolment, type FactorSet } from '../domain/factor-set';
import { givesRecoveryCodes, named, namedAs, type ConfirmEnrolment as Command } from '../domain/enrolments';
import { offeredFactor, recoveryCodeCount } from '../domain/offered-factors';

type Handler = HandlersOf<typeof factorEnrollmentOperations>['confirmEnrolment'];
type Enrolled = Extract<FactorEnrollmentEvent, { type: 'factor.enrolled' }>;
type Refused = Extract<FactorEnrollmentEvent, { type: 'enrolment.refused' }>;

export interface ConfirmEnrolmentParts {
  readonly sets: FactorSetStream;
  readonly newSecrets: NewSecrets;
  readonly secrets: FactorSecrets;
  readonly keys: IdempotencyKeys;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** What came of comparing an answer. */
interface Shown extends Pick<Command, 'evidence' | 'shownName' | 'alsoHeldBy'> {
  /** To be committed with the factor, where one person alone may hold it. */
  readonly claim: CredentialClaim | null;
  /** What the answer added to the registered values of its factor (RFC 8176). */
  readonly amr: readonly string[];
}

const nothing = (evidence: null | 'gone' | 'taken', alsoHeldBy: readonly string[] = []): Shown => ({
  evidence,
  shownName: null,
  alsoHeldBy,
  claim: null,
  amr: [],
});

interface Attempt {
  readonly statement: Statement;
  readonly context: CallContext;
  readonly factor: Factor;
  readonly enrolmentId: string;
  readonly answer: unknown;
}

const problems: Readonly<Record<Refused['data']['reason'], ProblemCode>> = {
  wrong: 'code-wrong',
  expired: 'code-expired',
  'too-many-attempts': 'enrolment-closed',
  taken: 'credential-taken',
};

const refusalIn = (events: readonly FactorEnrollmentEvent[]) =>
  events.find((event): event is Refused => event.type === 'enrolment.refused');

const claimRows = (events: readonly FactorEnrollmentEvent[], { claim }: Shown) =>
  claim !== null && events.some(({ type }) => type === 'factor.enrolled') ? [claimRow(claim)] : [];

function outcomeOf(events: readonly FactorEnrollmentEvent[]): Outcome {
  const refused = refusalIn(events);
  return refused ? { kind: 'problem', code: problems[refused.data.reason], extras: {} } : { kind: 'secret' };
}

/** The first right code makes a factor count, and gives recovery codes with a person's first one. */
export class ConfirmEnrolment {
  constructor(private readonly parts: ConfirmEnrolmentParts) {}

  readonly handle: Handler = async (request, context) => {
    const { verifier, clock, keys } = this.parts;
    const statement = await permitted(verifier, request.statement, 'confirm-enrolment', clock.now());
    const { type, enrolmentId } = request;
    const body = { type, enrolmentId, answer: request.answer };
    const keyed = { context, scope: statement.authority.id, operation: 'confirmEnrolment', body };
    return keys.once(keyed, (remember) => {
      const factor = offeredFactor(type, statement.policies);
      const answer = parseFields(factor.answer, request.answer);
      return this.confirm({ statement, context, factor, enrolmentId, answer }, remember);
    });
  };

  /** Seal, append, activate, answer (DESIGN §6.6); reactions activate what a crash left pending. */
  private async confirm(attempt: Attempt, remember: Remember) {
    const { statement, context } = attempt;
    let making: Promise<NewRecoveryCodes | null> | null = null;
    const recoveryCodes = () => (making ??= this.newRecoveryCodes(statement));
    let shown = nothing(null);
    const decide = () =>
      this.parts.sets.run(
        statement,
        context,
        async (set) => {
          shown = await this.verify(set, attempt);
          const isRight = typeof shown.evidence === 'number';
          return this.command(attempt, shown, isRight && givesRecoveryCodes(set) ? await recoveryCodes() : null);
        },
        (decided) => [...claimRows(decided, shown), ...remember(outcomeOf(decided))],
      );
    const { events, state, position } = await decide().catch((error: unknown) => {
      if (!isClaimed(error)) throw error;
      // Somebody else registered the same at this moment; decided again, it is taken.
      return decide();
    });
    const refused = refusalIn(events);
    if (refused) throw await this.refusal(refused, state);
    const credentialId = await this.activateFactor(events);
    const codes = await this.activateCodes(events, recoveryCodes);
    return {
      credentialId,
      recoveryCodes: codes,
      proof: await this.proof(attempt, credentialId, state, shown.amr),
      positions: [position],
    };
  }

  private command(
    { statement, enrolmentId, factor }: Attempt,
    { evidence, shownName, alsoHeldBy }: Shown,
    given: NewRecoveryCodes | null,
  ): Command {
    return {
      kind: 'confirm-enrolment',
      enrolmentId,
      type: factor.type,
      atMost: factor.atMost,
      now: this.parts.clock.now().toISOString(),
      evidence,
      shownName,
      alsoHeldBy,
      recoveryCodes: given && { credentialId: given.credentialId, count: given.codes.length },
      assurance: statement.assurance,
      policies: statement.policies,
      authority: statement.authority,
    };
  }

  /** What the answer matches in the pending secret of this person's enrolment. */
  private async verify(set: FactorSet, { statement, factor, enrolmentId, answer }: Attempt): Promise<Shown> {
    const enrolment = enrolmentOf(set, { enrolmentId, authority: statement.authority });
    if (!enrolment || !canStillBeConfirmed(enrolment)) return nothing(null);
    const entry = await this.parts.secrets.open(enrolment.credentialId);
    if (entry?.state !== 'pending' || entry.personId !== statement.personId || entry.type !== factor.type)
      return nothing('gone');
    const sealed = sealedFactorSchema.parse(entry.material);
    const material = factor.material.parse(sealed.material);
    const occasion = setUpOccasion(enrolmentId, new Date(enrolment.startedAt));
    const effects = this.parts.newSecrets.effects(statement.policies);
    const confirmed: ConfirmedFactor<unknown> | null = await factor.confirm(material, answer, occasion, effects);
    if (confirmed === null) return nothing(null);
    const { credentialId } = enrolment;
    const { personId } = statement;
    const made = { personId, credentialId, factor, material: confirmed.material };
    const { claim, holders } = await this.parts.newSecrets.holding(made);
    const alsoHeldBy = holders.filter((holder) => holder !== personId);
    if (claim !== null && holders.length > 0) return nothing('taken', alsoHeldBy);
    const { evidence, name: shownName = null } = confirmed;
    if (confirmed.material !== material) {
      const hint = shownName === null ? sealed.hint : named(set, namedAs(enrolment, shownName)).hint;
      await this.sealConfirmed(enrolment, statement, factor, hint, confirmed.material);
    }
    return { evidence: evidence.use, shownName, alsoHeldBy, claim, amr: evidence.amr };
  }

  /** Before the append, and while it is pending: what a crash leaves is activated as it stands. */
  private sealConfirmed(
    { credentialId }: Enrolment,
    { personId }: Statement,
    factor: Factor,
    hint: string,
    material: unknown,
  ): Promise<void> {
    return this.parts.newSecrets.confirm({ personId, credentialId, factor, hint, material });
  }

  private async newRecoveryCodes({ personId, policies }: Statement): Promise<NewRecoveryCodes | null> {
    const count = recoveryCodeCount(policies);
    return count > 0 ? this.parts.newSecrets.recoveryCodes(personId, count) : null;
  }

  /** With the last try the secret goes; where a crash keeps it, it expires with the enrolment. */
  private async refusal({ data }: Refused, set: FactorSet): Promise<DomainError> {
    const enrolment = set.enrolments.find(({ enrolmentId }) => enrolmentId === data.enrolmentId);
    if (enrolment && !canStillBeConfirmed(enrolment)) await this.parts.secrets.destroy(data.credentialId);
    return new DomainError(problems[data.reason]);
  }

  private async activateFactor(events: readonly FactorEnrollmentEvent[]): Promise<string> {
    const enrolled = events.find((event): event is Enrolled => event.type === 'factor.enrolled');
    if (!enrolled) throw new Error('a confirmation was neither refused nor accepted');
    const { credentialId, acceptedStep } = enrolled.data;
    await this.parts.secrets.activate(credentialId, { acceptedStep });
    return credentialId;
  }

  /** The codes to show once, where the decision issued their set. */
  private async activateCodes(
    events: readonly FactorEnrollmentEvent[],
    recoveryCodes: () => Promise<NewRecoveryCodes | null>,
  ): Promise<string[] | null> {
    if (!events.some((event) => event.type === 'recovery-codes.issued')) return null;
    const issued = await recoveryCodes();
    if (!issued) return null;
    await this.parts.secrets.activate(issued.credentialId, { acceptedStep: null });
    return issued.codes;
  }

  /** Dated with the commit, so that it is as old as what it proves. */
  private proof(
    { statement, factor, enrolmentId }: Attempt,
    credentialId: string,
    set: FactorSet,
    shownAmr: readonly string[],
  ): Promise<string> {
    const { personId, authority } = statement;
    const held = set.factors.find((one) => one.credentialId === credentialId);
    const at = held?.addedAt ?? this.parts.clock.now().toISOString();
    const proven = { proofId: enrolmentId, personId, authority, credentialId, factorType: factor.type };
    const amr = [...factor.amr, ...shownAmr];
    return this.parts.signer.proof({ purpose: 'factor-set-up', ...proven, amr, at }, 'identity');
  }
}
