import type {
  CallContext,
  FactorEnrollmentEvent,
  factorEnrollmentOperations,
  HandlersOf,
  Statement,
} from '@cofactor/contracts';
import { DomainError } from '@cofactor/contracts';
import type { FactorSecrets } from '@cofactor/secret-vault';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { permitted, type Clock, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { NewRecoveryCodes, NewSecrets } from '../adapters/new-secrets';
import { factorSet } from '../domain/factor-set.decider';
import { recoveryCodeCount } from '../domain/offered-factors';

type Handlers = HandlersOf<typeof factorEnrollmentOperations>;

export interface FactorChangeParts {
  readonly sets: FactorSetStream;
  readonly newSecrets: NewSecrets;
  readonly secrets: FactorSecrets;
  readonly keys: IdempotencyKeys;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** The credential that an event made dead. */
function deadAfter(event: FactorEnrollmentEvent): string | null {
  if (event.type === 'factor.revoked') return event.data.credentialId;
  return event.type === 'recovery-codes.issued' ? event.data.replaced : null;
}

/** Changes of what is already set up. */
export class FactorChanges implements Pick<
  Handlers,
  'revokeFactor' | 'changeRoles' | 'replaceRecoveryCode' | 'issueRecoveryCodes'
> {
  constructor(private readonly parts: FactorChangeParts) {}

  /** Append, then destroy, and answer only after both (DESIGN §6.6): an answered removal is a dead factor. */
  readonly revokeFactor: Handlers['revokeFactor'] = async ({ statement: token, credentialId }, context) => {
    const statement = await this.permitted(token, 'revoke-factor');
    const { policies, assurance } = statement;
    const command = { kind: 'revoke-factor', now: this.now(), credentialId, policies, assurance } as const;
    const { events, position } = await this.parts.sets.run(statement, context, () => command);
    await this.destroyDead(events);
    return { positions: [position] };
  };

  readonly changeRoles: Handlers['changeRoles'] = async ({ statement: token, ...roles }, context) => {
    const statement = await this.permitted(token, 'change-factor-roles');
    const { policies } = statement;
    const command = { kind: 'change-roles', now: this.now(), ...roles, policies } as const;
    const { position } = await this.parts.sets.run(statement, context, () => command);
    return { positions: [position] };
  };

  readonly issueRecoveryCodes: Handlers['issueRecoveryCodes'] = async ({ statement: token }, context) => {
    const statement = await this.permitted(token, 'issue-recovery-codes');
    const keyed = { context, scope: statement.authority.id, operation: 'issueRecoveryCodes', body: {} };
    return this.parts.keys.once(keyed, (remember) => this.issue(statement, context, remember));
  };

  readonly replaceRecoveryCode: Handlers['replaceRecoveryCode'] = async ({ statement: token }, context) => {
    const { sets, newSecrets, secrets } = this.parts;
    const { personId, policies, credentialId: used, ...whose } = await this.permitted(token, 'replace-recovery-code');
    const count = recoveryCodeCount(policies);
    if (used === null || count === 0) throw new DomainError('statement-refused');
    const described = { kind: 'replace-recovery-code', now: this.now(), used, count } as const;
    // Decided once before, so that one which was replaced already costs no hash.
    if (factorSet.decide(await sets.load(personId), { ...described, credentialId: 'not made yet' }).length === 0) {
      return { recoveryCodes: null, positions: [] };
    }
    const made = await newSecrets.recoveryCodes(personId, count);
    const statement = { personId, policies, credentialId: used, ...whose };
    const command = { ...described, credentialId: made.credentialId };
    const { events, position } = await sets.run(statement, context, () => command);
    if (events.length === 0) return { recoveryCodes: null, positions: [] };
    await secrets.activate(made.credentialId, { acceptedStep: null });
    await this.destroyDead(events);
    return { recoveryCodes: made.codes, positions: [position] };
  };

  private async issue(statement: Statement, context: CallContext, remember: Remember) {
    const { sets, newSecrets, secrets } = this.parts;
    const { personId, policies, assurance } = statement;
    const count = recoveryCodeCount(policies);
    if (count === 0) throw new DomainError('factor-not-allowed');
    let making: Promise<NewRecoveryCodes> | null = null;
    const recoveryCodes = () => (making ??= newSecrets.recoveryCodes(personId, count));
    const described = { kind: 'issue-recovery-codes', now: this.now(), count, assurance } as const;
    const { events, position } = await sets.run(
      statement,
      context,
      async (set) => {
        // Decided once before, so that a refused command costs no hashes and leaves nothing in the vault.
        factorSet.decide(set, { ...described, credentialId: 'not made yet' });
        return { ...described, credentialId: (await recoveryCodes()).credentialId };
      },
      () => remember({ kind: 'secret' }),
    );
    const { credentialId, codes } = await recoveryCodes();
    await secrets.activate(credentialId, { acceptedStep: null });
    await this.destroyDead(events);
    return { recoveryCodes: codes, positions: [position] };
  }

  private now(): string {
    return this.parts.clock.now().toISOString();
  }

  private permitted(token: string, permission: Statement['permission']): Promise<Statement> {
    return permitted(this.parts.verifier, token, permission, this.parts.clock.now());
  }

  private async destroyDead(events: readonly FactorEnrollmentEvent[]): Promise<void> {
    for (const event of events) {
      const dead = deadAfter(event);
      if (dead !== null) await this.parts.secrets.destroy(dead);
    }
  }
}
