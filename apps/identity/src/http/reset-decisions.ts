import {
  DomainError,
  type CallContext,
  type ClientOf,
  type factorEnrollmentOperations,
  type HandlersOf,
  type identityOperations,
  type ResetReason,
  type Statement,
} from '@cofactor/contracts';
import type { Directory, KnownPerson } from '../adapters/directory';
import type { FactorOwner } from '../adapters/needs';
import { signedInAs, signedInSupport, type SignedIn } from '../adapters/signed-in';
import { refuseResetBy } from '../domain/who-may-reset';
import { proveFreshPassword, refuseShared, type ResetParts } from './resets';

type Handlers = HandlersOf<typeof identityOperations>;
type Waiting = Awaited<ReturnType<ClientOf<typeof factorEnrollmentOperations>['listWaitingResets']>>['resets'][number];

export interface ResetDecisionParts extends Omit<ResetParts, 'directory'> {
  readonly directory: Pick<Directory, 'knownPerson' | 'personRow'>;
  readonly factorOwner: Pick<FactorOwner, 'listWaitingResets' | 'readWaitingReset'>;
  readonly openName: (personId: string, sealed: string) => Promise<string>;
  readonly openFields: (personId: string, sealed: string) => Promise<unknown>;
}

/** Resets that wait for a second administrator (PRODUCT BX5): who may see them, and who may decide. */
export class ResetDecisions implements Pick<Handlers, 'authoriseResetDecision' | 'listResets'> {
  constructor(private readonly parts: ResetDecisionParts) {}

  readonly listResets: Handlers['listResets'] = async ({ token, organisationId }, context) => {
    const caller = await this.mayApprove(token, organisationId, context);
    const { resets } = await this.parts.factorOwner.listWaitingResets({ organisationId }, context);
    const concerned = await Promise.all(resets.map((reset) => this.concerns(organisationId, reset)));
    const shown = resets.filter((_reset, index) => concerned[index]);
    return { resets: await Promise.all(shown.map((reset) => this.summary(reset, caller))) };
  };

  /** Factor-enrollment holds whoever decides to be a second person; here it is asked whether they may decide at all. */
  readonly authoriseResetDecision: Handlers['authoriseResetDecision'] = async (request, context) => {
    const { recorder, signer, factorOwner } = this.parts;
    const { token, resetId, organisationId, password } = request;
    const caller = await this.mayApprove(token, organisationId, context);
    if (caller.assurance.level === 'aal1') throw new DomainError('set-up-required');
    const { personId, reason } = await factorOwner.readWaitingReset({ resetId }, context);
    // What a practice asked for is for its own second administrator (BX5); support decides what support asked for.
    if (organisationId === null && reason !== 'support-request') throw new DomainError('not-found');
    const concerned = await this.memberOf(organisationId, personId, reason);
    await proveFreshPassword(this.parts, caller, password, context);
    await refuseShared(this.parts, concerned);
    const statement: Statement = {
      permission: 'decide-reset',
      personId,
      actorId: caller.personId,
      resetId,
      authority: { kind: 'session', id: caller.sessionId },
      policies: [...concerned.policies],
      assurance: caller.assurance,
      organisationId,
      credentialId: null,
    };
    return { statement: await signer.statement(statement, 'factor-enrollment', recorder.now()) };
  };

  /** An administrator of that practice; or (null) someone of support. */
  private mayApprove(token: string, organisationId: string | null, context: CallContext): Promise<SignedIn> {
    return organisationId === null
      ? signedInSupport(this.parts, token, context)
      : signedInAs(this.parts, ['administrator'], token, organisationId, context);
  }

  /** Whoever has left the practice since is no concern of its administrators any more. */
  private async concerns(organisationId: string | null, { personId }: Waiting): Promise<boolean> {
    if (organisationId === null) return true;
    return belongsTo(await this.parts.directory.knownPerson(personId), organisationId);
  }

  /** The person concerned, as they stand now: what has changed since the request counts. */
  private async memberOf(organisationId: string | null, personId: string, reason: ResetReason): Promise<KnownPerson> {
    const member = await this.parts.directory.knownPerson(personId);
    if (!member || (organisationId !== null && !belongsTo(member, organisationId))) throw new DomainError('not-found');
    const refusal = reason === 'own-request' ? null : refuseResetBy(resetters[reason], member);
    if (refusal !== null) throw new DomainError('not-allowed', { detail: refusal });
    return member;
  }

  private async summary(reset: Waiting, caller: SignedIn) {
    const { resetId, personId, requestedBy, reason, explanation, requestedAt, expiresAt } = reset;
    const [person, asker] = [await this.named(personId), await this.named(requestedBy)];
    const opened = explanation === null ? null : await this.parts.openFields(personId, explanation);
    return {
      resetId,
      person,
      requestedBy: { kind: askers[reason], personId: requestedBy, name: asker.name },
      explanation: typeof opened === 'string' ? opened : null,
      requestedAt,
      expiresAt,
      mayDecide: caller.personId !== personId && caller.personId !== requestedBy,
    };
  }

  private async named(personId: string) {
    const row = await this.parts.directory.personRow(personId);
    if (!row) return { personId, name: 'Erased person', emailHint: '' };
    return { personId, name: await this.parts.openName(personId, row.sealedName), emailHint: row.emailHint };
  }
}

const belongsTo = (person: KnownPerson | null, organisationId: string): boolean =>
  person?.memberships.some((held) => held.organisationId === organisationId) ?? false;

const resetters = { 'administrator-request': 'administrator', 'support-request': 'support' } as const;
const askers = {
  'own-request': 'the-person',
  'administrator-request': 'administrator',
  'support-request': 'support',
} as const;
