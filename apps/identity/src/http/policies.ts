import {
  DomainError,
  policySettings,
  type CallContext,
  type HandlersOf,
  type identityOperations,
  type OrganisationPolicy,
  type Policy,
} from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { demanded, settingKeys } from '@cofactor/policy';
import { envelopeOf, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Access } from '../adapters/access';
import type { Directory } from '../adapters/directory';
import type { Forecasting } from '../adapters/forecasting';
import type { Needs } from '../adapters/needs';
import { changedPolicyRow, type PolicyDirectory, type StandingPolicy } from '../adapters/policy-directory';
import { signedInAsOrOperator, type Acting } from '../adapters/signed-in';
import { organisation, type OrganisationCommand, type OrganisationEvent } from '../domain/organisation';
import { refuseUnmeetable } from '../adapters/unmeetable-policies';
import { refuseImpossible } from '../domain/possible-policies';
import { assuranceView } from './assurance-view';

type Handlers = HandlersOf<typeof identityOperations>;
type Change = Parameters<Handlers['changePolicy']>[0];

export interface PolicyParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly directory: Directory;
  readonly policies: PolicyDirectory;
  readonly forecasting: Forecasting;
  readonly needs: Needs;
  readonly sealer: PersonalFieldSealer;
  readonly openName: (personId: string, sealed: string) => Promise<string>;
}

/**
 * The sign-in rules of practices: what they are, and their change by an administrator (PRODUCT HC7). The operator
 * switches enforcement, and no other rule (PRODUCT HE3).
 */
export class Policies implements Pick<Handlers, 'readPolicy' | 'changePolicy'> {
  constructor(private readonly parts: PolicyParts) {}

  readonly readPolicy: Handlers['readPolicy'] = async ({ token, organisationId }, context) => {
    await signedInAsOrOperator(this.parts, ['administrator', 'analyst'], token, organisationId, context);
    const { policy: standing, changed } = await this.standing(organisationId);
    const by = changed && { personId: changed.by, name: await this.nameOf(changed.by) };
    return {
      organisationId,
      version: standing.version,
      policy: standing.policy,
      changed: changed && by && { at: changed.at, by },
      settings: settingKeys.map((setting) => ({ setting, ...policySettings[setting] })),
      assurance: assuranceView(standing.policy),
    };
  };

  readonly changePolicy: Handlers['changePolicy'] = async (change, context) => {
    const { organisationId, policy } = change;
    const acting = await signedInAsOrOperator(this.parts, ['administrator'], change.token, organisationId, context);
    // Whoever holds a factor has proven it by now.
    if (acting.caller.assurance.level === 'aal1') throw new DomainError('own-second-factor-first');
    const { needs } = this.parts;
    refuseImpossible(policy, needs.built);
    const { policy: standing } = await this.standing(organisationId);
    const command: OrganisationCommand = { kind: 'change-policy', organisationId, version: change.version, policy };
    const state = { status: 'active', policy: standing.policy, policyVersion: standing.version, sites: [] } as const;
    const changes = await this.explained(organisationId, () => organisation.decide(state, command));
    if (changes.length > 0) {
      if (acting.asOperator) refuseBeyondEnforcement(changes);
      else await this.requireOwnSetUp(acting, standing, policy, context);
      await refuseUnmeetable(this.parts.policies, { ...standing, policy });
      await this.refuseLockOut(change, context);
    }
    const { position, state: after } = await this.explained(organisationId, () =>
      this.append(command, acting, context),
    );
    return { version: after.status === 'active' ? after.policyVersion : standing.version, positions: [position] };
  };

  private async append(
    command: Extract<OrganisationCommand, { kind: 'change-policy' }>,
    { caller: { personId }, asOperator }: Acting,
    context: CallContext,
  ) {
    const { recorder, sealer } = this.parts;
    const { organisationId, version, policy } = command;
    const envelope = await envelopeOf(sealer, context, {
      organisationIds: [organisationId],
      actor: { kind: asOperator ? 'operator' : 'person', id: personId },
      subject: { kind: 'organisation', id: organisationId },
      policyVersion: version + 1,
    });
    const changed = { at: recorder.now().toISOString(), by: personId };
    return handleCommand(
      recorder,
      organisation,
      `organisation-${organisationId}`,
      () => command,
      () => envelope,
      () => ({ sideRows: [changedPolicyRow({ organisationId, version: version + 1, policy }, changed)] }),
    );
  }

  /** A manager without own two-factor authentication sets it up before everyone else must (PRODUCT HC7). */
  private async requireOwnSetUp(
    { caller: { personId } }: Acting,
    standing: OrganisationPolicy,
    policy: Policy,
    context: CallContext,
  ): Promise<void> {
    if (!policy.enforced || standing.policy.enforced) return;
    const { needs } = this.parts;
    const missing = demanded([{ ...standing, policy }], await needs.holdings(personId, context), needs.built);
    if (missing.includes('default')) throw new DomainError('own-second-factor-first');
  }

  /** Nobody is locked out without a confirmation that names them (PRODUCT BX4). */
  private async refuseLockOut({ organisationId, policy, acceptLockOut }: Change, context: CallContext): Promise<void> {
    const forecast = await this.parts.forecasting.ofChange(organisationId, policy, context);
    const accepted = new Set(acceptLockOut);
    const unnamed = forecast.filter(({ person, effect }) => effect.lockedOut && !accepted.has(person.personId));
    if (unnamed.length === 0) return;
    const people = unnamed.length === 1 ? 'One person' : `${unnamed.length} people`;
    const detail = `${people} could not sign in any more. Look at the forecast, and name each in acceptLockOut to go on.`;
    throw new DomainError('would-lock-out', { detail });
  }

  /** The second of two editors is told who was first, and when; nothing is overwritten silently. */
  private async explained<Result>(organisationId: string, change: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'conflict') throw error;
      const { changed } = await this.standing(organisationId);
      if (!changed) throw error;
      const [name, at] = [await this.nameOf(changed.by), inWords.format(new Date(changed.at))];
      const detail = `${name} changed these rules on ${at} UTC. Read them again, then repeat your change.`;
      throw new DomainError('conflict', { detail });
    }
  }

  private async standing(organisationId: string): Promise<StandingPolicy> {
    const found = await this.parts.policies.policyOf(organisationId);
    if (!found) throw new DomainError('not-found');
    return found;
  }

  private async nameOf(personId: string): Promise<string> {
    const row = await this.parts.directory.personRow(personId);
    return row ? this.parts.openName(personId, row.sealedName) : 'Someone';
  }
}

/** How people of a practice sign in is for their administrators to say; that they need a second factor, for the operator too. */
function refuseBeyondEnforcement(changes: readonly OrganisationEvent[]): void {
  const isMore = changes.some(({ type, data }) =>
    type === 'organisation.policy-changed' ? data.changed.some((setting) => setting !== 'enforced') : true,
  );
  if (isMore) throw new DomainError('not-allowed', { detail: administratorsRules });
}

const administratorsRules =
  'The operator can require two-factor authentication. Every other rule is for an administrator of the practice.';

const inWords = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
