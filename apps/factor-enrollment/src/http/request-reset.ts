import type { CallContext, factorEnrollmentOperations, HandlersOf, Statement } from '@cofactor/contracts';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { newId, permitted, type Clock, type PersonalFieldSealer, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { ResetFlow } from '../adapters/reset-flow';
import { waitingResetRows } from '../adapters/waiting-resets';
import type { OpenReset } from '../domain/factor-set';
import { waits, type RequestReset as RequestResetCommand } from '../domain/resets';

type Handler = HandlersOf<typeof factorEnrollmentOperations>['requestReset'];

export interface RequestResetParts {
  readonly sets: FactorSetStream;
  readonly resetFlow: ResetFlow;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** Records a reset, and carries it out unless it waits for a second person. What dies on the way a reaction finishes. */
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
    const { sets, resetFlow } = this.parts;
    const { personId, policies } = statement;
    const command = await this.commandOf(statement, explanation);
    const concerned = policies.map(({ organisationId }) => organisationId);
    const { state, position: recorded } = await sets.run(
      statement,
      context,
      () => command,
      (events) => [
        ...waitingResetRows(events, concerned, command.now),
        ...events.flatMap((event) => {
          if (event.type !== 'reset.requested' || event.data.approval.kind === 'not-needed') return [];
          return remember({ kind: 'reply', reply: { ...waitingReply(event.data), positions: [] } });
        }),
      ],
    );
    if (state.reset !== null && waits(state.reset)) return { ...waitingReply(state.reset), position: recorded };
    const reply = { resetId: state.reset?.resetId ?? command.resetId, status: 'done', expiresAt: null } as const;
    const envelope = await sets.envelopeOf(statement, context);
    const position = await resetFlow.finish({ personId, resetId: reply.resetId }, envelope, context, () =>
      remember({ kind: 'reply', reply: { ...reply, positions: [] } }),
    );
    return { ...reply, position };
  }

  private async commandOf(statement: Statement, explanation: string | null): Promise<RequestResetCommand> {
    const { personId, actorId, policies, resetId = newId() } = statement;
    const reason = actorId === undefined ? 'own-request' : 'administrator-request';
    return {
      kind: 'request-reset',
      resetId,
      personId,
      requestedBy: actorId ?? personId,
      reason: statement.resetReason ?? reason,
      explanation: explanation === null ? null : await this.parts.sealer.seal(personId, explanation),
      policies,
      now: this.parts.clock.now().toISOString(),
    };
  }
}

const waitingReply = ({ resetId, approval }: Pick<OpenReset, 'resetId' | 'approval'>) => ({
  resetId,
  status: 'waiting' as const,
  expiresAt: approval.kind === 'needed' ? approval.expiresAt : null,
});
