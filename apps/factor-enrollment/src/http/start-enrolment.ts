import type { CallContext, factorEnrollmentOperations, HandlersOf, Statement } from '@cofactor/contracts';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { newId, parseFields, permitted, type Clock, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { NewSecrets } from '../adapters/new-secrets';
import { factorSet, named } from '../domain/factor-set.decider';
import { offeredFactor } from '../domain/offered-factors';

type Handler = HandlersOf<typeof factorEnrollmentOperations>['startEnrolment'];
type Request = Parameters<Handler>[0];

export interface StartEnrolmentParts {
  readonly sets: FactorSetStream;
  readonly newSecrets: NewSecrets;
  readonly keys: IdempotencyKeys;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** As authenticator apps show it. */
  readonly issuer: string;
}

/** Makes a factor's secret and shows it once. Until it is confirmed it counts as nothing. */
export class StartEnrolment {
  constructor(private readonly parts: StartEnrolmentParts) {}

  readonly handle: Handler = async (request, context) => {
    const { verifier, clock, keys } = this.parts;
    const statement = await permitted(verifier, request.statement, 'enrol-factor', clock.now());
    const { type, fields } = request;
    const keyed = { context, scope: statement.authority.id, operation: 'startEnrolment', body: { type, fields } };
    return keys.once(keyed, (remember) => this.start(statement, request, context, remember));
  };

  private async start(statement: Statement, request: Request, context: CallContext, remember: Remember) {
    const { clock, newSecrets, issuer } = this.parts;
    const { personId, policies, assurance } = statement;
    const factor = offeredFactor(request.type, policies);
    const fields = parseFields(factor.fields, request.fields);
    const { accountLabel } = request;
    const started = await factor.start({ fields, issuer, accountLabel, count: 0 }, newSecrets.effects());
    const [enrolmentId, credentialId, type, expiresAt] = [newId(), newId(), factor.type, newSecrets.expiry()];
    const pending = { enrolmentId, credentialId, type, expiresAt: expiresAt.toISOString() };
    let sealed = false;
    const { position } = await this.parts.sets.run(
      statement,
      context,
      async (set) => {
        const { name, hint } = named(set, started);
        const now = clock.now().toISOString();
        const command = { kind: 'start-enrolment', ...pending, name, hint, now, assurance } as const;
        // Decided once before the sealing, so that a refused command leaves nothing in the vault.
        factorSet.decide(set, command);
        const secret = { personId, credentialId, type, started: { hint, material: started.material }, expiresAt };
        if (!sealed) await newSecrets.seal(secret);
        sealed = true;
        return command;
      },
      () => remember({ kind: 'secret' }),
    );
    return { enrolmentId, expiresAt: pending.expiresAt, details: started.details, positions: [position] };
  }
}
