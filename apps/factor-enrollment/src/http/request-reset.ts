import type { CallContext, factorEnrollmentOperations, HandlersOf, Statement } from '@cofactor/contracts';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { newId, permitted, type Clock, type PersonalFieldSealer, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { ResetFlow } from '../adapters/reset-flow';
import type { RequestReset as RequestResetCommand } from '../domain/resets';

type Handler = HandlersOf<typeof factorEnrollmentOperations>['requestReset'];

export interface RequestResetParts {
  readonly sets: FactorSetStream;
  readonly resetFlow: ResetFlow;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** Records a reset and carries it out. What dies on the way is finished by a reaction. */
export class RequestReset {
  constructor(private readonly parts: RequestResetParts) {}

  readonly handle: Handler = async ({ statement: token, explanation }, context) => {
    const { keys, verifier, clock, sets } = this.parts;
    const statement = await permitted(verifier, token, 'reset-factors', clock.now());
    const body = { personId: statement.personId, explanation };
    const keyed = { context, scope: statement.authority.id, operation: 'requestReset', body };
    let written: string | null = null;
    const reply = await keys.once(keyed, async (remember) => {
      const { position, ...answered } = await this.request(statement, explanation, context, remember);
      written = position;
      return answered;
    });
    // A kept reply was written before its position was known.
    return { ...reply, positions: [written ?? (await sets.positionOf(statement.personId))] };
  };

  private async request(statement: Statement, explanation: string | null, context: CallContext, remember: Remember) {
    const { sets, sealer, resetFlow } = this.parts;
    const { personId, actorId, policies } = statement;
    const sealed = explanation === null ? null : await sealer.seal(personId, explanation);
    const command: RequestResetCommand = {
      kind: 'request-reset',
      resetId: newId(),
      personId,
      requestedBy: actorId ?? personId,
      reason: actorId === undefined ? 'own-request' : 'administrator-request',
      explanation: sealed,
      policies,
    };
    const { state } = await sets.run(statement, context, () => command);
    const resetId = state.reset?.resetId ?? command.resetId;
    const reply = { resetId, status: 'done' } as const;
    const envelope = await sets.envelopeOf(statement, context);
    const position = await resetFlow.finish({ personId, resetId }, envelope, context, () =>
      remember({ kind: 'reply', reply: { ...reply, positions: [] } }),
    );
    return { ...reply, position };
  }
}
