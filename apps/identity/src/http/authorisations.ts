import {
  DomainError,
  type Assurance,
  type Authority,
  type CallContext,
  type HandlersOf,
  type identityOperations,
  type Permission,
  type Statement,
} from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { freshFactorServes, strictest } from '@cofactor/policy';
import type { PersonalFieldSealer, Signer } from '@cofactor/service-kit';
import type { Access, Caller } from '../adapters/access';
import type { Needs } from '../adapters/needs';
import type { PasswordCheck } from '../adapters/password-check';
import { personEnvelope } from '../adapters/person-envelope';
import type { SharedAccounts } from '../adapters/shared-accounts';
import { requireRole } from '../adapters/signed-in';
import { reasonOfRefusal, refusedChanges } from '../domain/refused-changes';
import { isChangeOfFactors, needsPassword, refuseForSession, refuseForSignIn } from '../domain/who-may';

type Handlers = HandlersOf<typeof identityOperations>;
type Request = Parameters<Handlers['authorise']>[0];

export interface AuthorisationParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly needs: Needs;
  readonly passwordCheck: PasswordCheck;
  readonly signer: Signer;
  readonly sealer: PersonalFieldSealer;
  readonly emailOf: (personId: string) => Promise<string | null>;
  readonly sharedAccounts: Pick<SharedAccounts, 'refuse'>;
}

/** Which service acts on which permission; a statement names it as its audience. */
const audiences: Readonly<Record<Permission, string>> = {
  'read-factors': 'factor-enrollment',
  'enrol-factor': 'factor-enrollment',
  'confirm-enrolment': 'factor-enrollment',
  'revoke-factor': 'factor-enrollment',
  'change-factor-roles': 'factor-enrollment',
  'issue-recovery-codes': 'factor-enrollment',
  'replace-recovery-code': 'factor-enrollment',
  challenge: 'challenge',
  'read-usage': 'challenge',
  'read-audit': 'audit',
};

/** Identity's signed word to the other services (DESIGN §6.1): who asks, what they may do, under which policies. */
export class Authorisations implements Pick<Handlers, 'authorise'> {
  constructor(private readonly parts: AuthorisationParts) {}

  readonly authorise: Handlers['authorise'] = async (request, context) => {
    const { access, recorder, signer } = this.parts;
    const caller = await access.find(request.token, recorder.now());
    if (!caller) throw new DomainError('not-signed-in');
    const accountLabel = request.permission === 'enrol-factor' ? await this.parts.emailOf(caller.personId) : null;
    await this.mayDo(request, caller, context).catch((error: unknown) => this.refuse(error, request, caller, context));
    await this.provePassword(request, caller, context);
    const statement = statementOf(request, caller);
    return {
      statement: await signer.statement(statement, audiences[request.permission], recorder.now()),
      personId: caller.personId,
      authority: statement.authority,
      accountLabel,
    };
  };

  /** A shared account adds no method where that is refused, nor finishes one that was begun before. */
  private async mayDo(request: Request, caller: Caller, context: CallContext): Promise<void> {
    await this.mayAsk(request, caller, context);
    const { permission } = request;
    const adds = permission === 'enrol-factor' || permission === 'confirm-enrolment';
    if (adds) await this.parts.sharedAccounts.refuse(caller);
  }

  private async mayAsk(request: Request, caller: Caller, context: CallContext): Promise<void> {
    const { needs } = this.parts;
    const { permission, signInId, organisationId } = request;
    if (caller.kind === 'sign-in') {
      if (signInId !== null && signInId !== caller.signInId) throw new DomainError('not-found');
      const next = await needs.next(caller, caller.proven, context);
      const refusal = refuseForSignIn(permission, next);
      if (refusal) throw new DomainError(refusal);
      return;
    }
    const asksHoldings = caller.assurance.level === 'aal1';
    const holdings = asksHoldings ? await needs.holdings(caller.personId, context) : null;
    const refusal = refuseForSession(permission, caller.assurance, (holdings?.factors.length ?? 0) > 0);
    if (refusal) throw new DomainError(refusal);
    if (permission === 'read-audit') requireRole(caller, ['administrator', 'analyst'], organisationId);
  }

  private async refuse(error: unknown, request: Request, caller: Caller, context: CallContext): Promise<never> {
    const reason = error instanceof DomainError ? reasonOfRefusal(error.code) : null;
    const { permission: change } = request;
    if (reason === null || !isChangeOfFactors(change)) throw error;
    const { personId } = caller;
    const envelope = await personEnvelope(this.parts.sealer, context, caller);
    await handleCommand(
      this.parts.recorder,
      refusedChanges,
      `factor-changes-${personId}`,
      () => ({ personId, change, reason }),
      () => envelope,
    );
    throw error;
  }

  /** A wrong password counts at the same door as one at sign-in; a right one is never asked for twice. */
  private async provePassword(request: Request, caller: Caller, context: CallContext): Promise<void> {
    const { passwordCheck, recorder } = this.parts;
    if (request.password !== null) {
      const checked = await passwordCheck.ofPerson(caller, request.password, context);
      if (!checked.right) throw checked.refusal;
      return;
    }
    const seconds = (recorder.now().getTime() - Date.parse(provenAt(caller))) / 1000;
    const { reauthenticateAfter } = strictest(caller.policies);
    if (needsPassword(request.permission, reauthenticateAfter, seconds)) throw new DomainError('password-required');
  }
}

/** When the password was last proven; or a second factor, where that will do and was later. */
function provenAt(caller: Caller): string {
  if (caller.kind === 'sign-in') return caller.startedAt;
  const { assurance, passwordProvenAt, policies } = caller;
  const byFactor = assurance.level !== 'aal1' && freshFactorServes(policies) ? assurance.authenticatedAt : null;
  return byFactor !== null && Date.parse(byFactor) > Date.parse(passwordProvenAt) ? byFactor : passwordProvenAt;
}

function statementOf({ permission, organisationId }: Request, caller: Caller): Statement {
  const authority: Authority =
    caller.kind === 'session' ? { kind: 'session', id: caller.sessionId } : { kind: 'sign-in', id: caller.signInId };
  return {
    permission,
    personId: caller.personId,
    authority,
    policies: [...caller.policies],
    assurance: assuranceOf(caller),
    credentialId: null,
    organisationId: permission === 'read-audit' ? organisationId : null,
  };
}

/** How strongly the caller is known now; null for a sign-in that has only its password. */
function assuranceOf(caller: Caller): Assurance | null {
  if (caller.kind === 'session') return caller.assurance;
  return caller.proven.length > 0 ? { level: 'aal2', amr: ['pwd', 'mfa'], authenticatedAt: caller.startedAt } : null;
}
