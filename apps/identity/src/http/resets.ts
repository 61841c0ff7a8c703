import {
  DomainError,
  type CallContext,
  type HandlersOf,
  type identityOperations,
  type Resetter,
  type Statement,
} from '@cofactor/contracts';
import type { Recorder } from '@cofactor/event-sourcing';
import { strictest } from '@cofactor/policy';
import type { Signer } from '@cofactor/service-kit';
import type { Access } from '../adapters/access';
import type { Directory, KnownPerson } from '../adapters/directory';
import type { Needs } from '../adapters/needs';
import type { PasswordCheck } from '../adapters/password-check';
import type { AllSessions } from '../adapters/all-sessions';
import type { SharedAccounts } from '../adapters/shared-accounts';
import { requireSecondFactor, signedIn, type SignedIn } from '../adapters/signed-in';
import { needsPassword } from '../domain/who-may';
import { askingForApproval, nobodyToApprove, refuseReset } from '../domain/who-may-reset';

type Handlers = HandlersOf<typeof identityOperations>;
type Member = NonNullable<Parameters<Handlers['authoriseReset']>[0]['member']>;

export interface ResetParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly directory: Pick<Directory, 'knownPerson' | 'hasAdministratorBeside' | 'supportStaff'>;
  readonly needs: Needs;
  readonly passwordCheck: PasswordCheck;
  readonly allSessions: AllSessions;
  readonly signer: Signer;
  readonly sharedAccounts: Pick<SharedAccounts, 'refuse'>;
}

const ownIsShared =
  'Accounts that several people share are not reset. Ask an administrator of the practice for an account of your own.';
const theirsIsShared =
  'Accounts that several people share are not reset. Give each person who uses it an account of their own.';

/** Who may ask for a reset of two-factor authentication, and what of identity ends with one. */
export class Resets implements Pick<Handlers, 'authoriseReset' | 'endSessionsByReset'> {
  constructor(private readonly parts: ResetParts) {}

  readonly authoriseReset: Handlers['authoriseReset'] = async ({ token, member, password }, context) => {
    const { recorder, signer } = this.parts;
    const caller = await signedIn(this.parts, token, context);
    await requireSecondFactor(this.parts, caller, context);
    const concerned = member === null ? caller : await this.memberOf(caller, member);
    await this.provePassword(caller, member === null, password, context);
    await refuseShared(this.parts, concerned, member === null ? ownIsShared : theirsIsShared);
    await requireApproverOf(this.parts.directory, caller, concerned, 'administrator');
    const { assurance, sessionId } = caller;
    const statement: Statement = {
      permission: 'reset-factors',
      personId: concerned.personId,
      ...(member === null ? {} : { actorId: caller.personId }),
      authority: { kind: 'session', id: sessionId },
      policies: [...concerned.policies],
      assurance,
      organisationId: null,
      credentialId: null,
    };
    return { statement: await signer.statement(statement, 'factor-enrollment', recorder.now()) };
  };

  readonly endSessionsByReset: Handlers['endSessionsByReset'] = async ({ personId, openedBy, envelope, reason }) => {
    await this.parts.allSessions.endThoseOf(personId, openedBy, envelope, reason);
    return {};
  };

  /**
   * Someone whom the caller may reset as an administrator: a member of their practice, where every practice of that
   * member lets administrators do it, so that no practice weakens what another asks for (docs/adr/0013).
   */
  private async memberOf(caller: SignedIn, { organisationId, personId }: Member): Promise<KnownPerson> {
    const membership = caller.memberships.find((held) => held.organisationId === organisationId);
    if (!membership) throw new DomainError('not-found');
    if (!membership.roles.includes('administrator')) throw new DomainError('not-allowed');
    if (caller.assurance.level === 'aal1') throw new DomainError('set-up-required');
    const member = await this.parts.directory.knownPerson(personId);
    const isMember = member?.memberships.some((held) => held.organisationId === organisationId);
    if (!member || !isMember) throw new DomainError('not-found');
    const refusal = refuseReset(caller, member);
    if (refusal !== null) throw new DomainError('not-allowed', { detail: refusal });
    return member;
  }

  /** Of one's own, always; of a member, when it was proven too long ago. */
  private async provePassword(caller: SignedIn, isOwn: boolean, password: string | null, context: CallContext) {
    if (isOwn && password === null) throw new DomainError('password-required');
    await proveFreshPassword(this.parts, caller, password, context);
  }
}

/** Seconds. What clears the factors of others is not for a session that somebody left open, whatever its rules say. */
const passwordIsFresh = 300;

/** The password where it came, and else that it was proven in the last five minutes, and as lately as removing a factor asks for. */
export async function proveFreshPassword(
  { passwordCheck, recorder }: Pick<ResetParts, 'passwordCheck' | 'recorder'>,
  caller: SignedIn,
  password: string | null,
  context: CallContext,
): Promise<void> {
  if (password !== null) {
    const checked = await passwordCheck.ofPerson(caller, password, context);
    if (!checked.right) throw checked.refusal;
    return;
  }
  const seconds = (recorder.now().getTime() - Date.parse(caller.passwordProvenAt)) / 1000;
  const { reauthenticateAfter } = strictest(caller.policies);
  const isStale = seconds > passwordIsFresh || needsPassword('revoke-factor', reauthenticateAfter, seconds);
  if (isStale) throw new DomainError('password-required');
}

/** Nobody can say whose second factor that of a shared account is (PRODUCT AX6, HE13). */
export const refuseShared = (
  { sharedAccounts }: Pick<ResetParts, 'sharedAccounts'>,
  concerned: KnownPerson,
  detail = theirsIsShared,
): Promise<void> => sharedAccounts.refuse(concerned, detail);

/** A reset that nobody could approve would wait for nothing (PRODUCT BX5). What support asks for it can approve too. */
export async function requireApproverOf(
  directory: Pick<Directory, 'hasAdministratorBeside' | 'supportStaff'>,
  by: KnownPerson,
  concerned: KnownPerson,
  asker: Resetter,
): Promise<void> {
  const asking = askingForApproval(concerned);
  const involved = [by.personId, concerned.personId];
  if (asking.length === 0 || (await directory.hasAdministratorBeside(asking, involved))) return;
  const colleagues = asker === 'support' ? await directory.supportStaff() : [];
  if (colleagues.some(({ personId }) => !involved.includes(personId))) return;
  throw new DomainError('not-allowed', { detail: nobodyToApprove[asker] });
}
