import {
  DomainError,
  sharingSignSchema,
  type HandlersOf,
  type identityOperations,
  type SharedAccountView,
} from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { namesOf } from '@cofactor/policy';
import { envelopeOf, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Access } from '../adapters/access';
import type { Directory } from '../adapters/directory';
import type { Needs } from '../adapters/needs';
import type { OpenNames } from '../adapters/open-names';
import type { PolicyDirectory } from '../adapters/policy-directory';
import { decisionRow, type SharedAccountRow, type SharedAccounts } from '../adapters/shared-accounts';
import { signedInAs } from '../adapters/signed-in';
import { sharedAccount, sharedAccountStream } from '../domain/shared-account';

type Handlers = HandlersOf<typeof identityOperations>;

export interface SharedAccountParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly directory: Pick<Directory, 'knownPerson'>;
  readonly policies: Pick<PolicyDirectory, 'policyOf'>;
  readonly sharedAccounts: SharedAccounts;
  readonly needs: Needs;
  readonly sealer: PersonalFieldSealer;
  readonly openNames: OpenNames;
  readonly openFields: (personId: string, sealed: string) => Promise<unknown>;
  readonly nameIndex: (comparableName: string) => string;
}

const decisionOf = (shared: boolean | null) => (shared === null ? 'withdrawn' : shared ? 'shared' : 'personal');

/** Accounts that several people share: what a practice is told of them, and what its administrators decide. */
export class SharedAccountDecisions implements Pick<Handlers, 'listSharedAccounts' | 'decideSharedAccount'> {
  constructor(private readonly parts: SharedAccountParts) {}

  readonly listSharedAccounts: Handlers['listSharedAccounts'] = async (
    { token, organisationId, after, limit },
    context,
  ) => {
    const { policies, sharedAccounts, openNames, nameIndex } = this.parts;
    await signedInAs(this.parts, ['administrator'], token, organisationId, context);
    const standing = await policies.policyOf(organisationId);
    if (!standing) throw new DomainError('not-found');
    const { policy } = standing.policy;
    const listed = namesOf(policy).map(nameIndex);
    const found = await sharedAccounts.of(organisationId, listed, after ?? '', limit + 1);
    const rows = found.slice(0, limit);
    const names = await openNames(rows);
    const refuses = policy.genericAccounts === 'refused';
    const accounts = rows.map((row) => this.view(row, names.get(row.personId) ?? '', refuses));
    return {
      accounts: await Promise.all(accounts),
      next: found.length > limit ? (rows.at(-1)?.personId ?? null) : null,
    };
  };

  /** For the own practice alone, and never for oneself: whoever uses an account does not say who else does. */
  readonly decideSharedAccount: Handlers['decideSharedAccount'] = async (
    { token, organisationId, personId, shared, reason },
    context,
  ) => {
    const { recorder, directory, sealer } = this.parts;
    const caller = await signedInAs(this.parts, ['administrator'], token, organisationId, context);
    const known = await directory.knownPerson(personId);
    const isMember = known?.memberships.some((held) => held.organisationId === organisationId);
    if (!known || !isMember) throw new DomainError('not-found');
    if (caller.personId === personId) {
      throw new DomainError('not-allowed', { detail: 'Ask another administrator to decide about your own account.' });
    }
    const envelope = await envelopeOf(sealer, context, {
      organisationIds: known.policies.map((policy) => policy.organisationId),
      actor: { kind: 'person', id: caller.personId },
      subject: { kind: 'person', id: personId },
      policyVersion: null,
    });
    const explanation = reason === null ? null : await sealer.seal(personId, reason);
    const decided = { personId, organisationId, decision: decisionOf(shared), explanation } as const;
    const [at, by] = [recorder.now().toISOString(), caller.personId];
    const { position } = await handleCommand(
      recorder,
      sharedAccount,
      sharedAccountStream(personId),
      () => ({ kind: 'decide', ...decided }) as const,
      () => envelope,
      () => ({ sideRows: [decisionRow({ ...decided, at, by })] }),
    );
    return { positions: [position] };
  };

  private async view(row: SharedAccountRow, name: string, refuses: boolean): Promise<SharedAccountView> {
    const { personId, emailHint, named, signs, shared, decidedAt: at, decidedBy: by } = row;
    const explained = row.sealedExplanation && (await this.parts.openFields(personId, row.sealedExplanation));
    const reason = typeof explained === 'string' ? explained : null;
    const isShared = shared ?? named;
    return {
      ...{ personId, name, emailHint },
      signs: [...(named ? (['name'] as const) : []), ...sharingSignSchema.array().parse(signs ?? [])],
      decision: shared !== null && at !== null && by !== null ? { shared, at, by, reason } : null,
      shared: isShared,
      refused: isShared && refuses,
    };
  }
}
