import { DomainError, type factorEnrollmentOperations, type HandlersOf } from '@cofactor/contracts';
import { permitted, type Clock, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { ResetFlow } from '../adapters/reset-flow';
import { waitingResetRows, type WaitingResets } from '../adapters/waiting-resets';
import { resetClosed } from '../domain/resets';

type Handlers = HandlersOf<typeof factorEnrollmentOperations>;

export interface ResetDecisionParts {
  readonly sets: FactorSetStream;
  readonly resetFlow: ResetFlow;
  readonly waiting: WaitingResets;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** Resets that wait for a second person (PRODUCT BX5): which there are, and what that person decides. */
export class ResetDecisions implements Pick<Handlers, 'listWaitingResets' | 'readWaitingReset' | 'decideReset'> {
  constructor(private readonly parts: ResetDecisionParts) {}

  readonly listWaitingResets: Handlers['listWaitingResets'] = async ({ organisationId }) => ({
    resets: [...(await this.parts.waiting.list(organisationId, this.parts.clock.now()))],
  });

  readonly readWaitingReset: Handlers['readWaitingReset'] = async ({ resetId }) => {
    const found = await this.parts.waiting.find(resetId);
    if (found === null) throw new DomainError('not-found');
    const { personId, requestedBy, reason } = found;
    return { resetId, personId, requestedBy, reason };
  };

  /** An approval is recorded first, and carried out as a reset that needed none; a reaction finishes what dies here. */
  readonly decideReset: Handlers['decideReset'] = async ({ statement: token, decision }, context) => {
    const { sets, resetFlow, verifier, clock } = this.parts;
    const statement = await permitted(verifier, token, 'decide-reset', clock.now());
    const { personId, actorId, resetId, organisationId, policies } = statement;
    if (actorId === undefined || resetId === undefined) throw new DomainError('statement-refused');
    const kind = decision === 'approve' ? 'approve-reset' : 'refuse-reset';
    const command = () =>
      ({ kind, resetId, decidedBy: actorId, organisationId, now: clock.now().toISOString() }) as const;
    const concerned = policies.map((ruling) => ruling.organisationId);
    const rows = (events: Parameters<typeof waitingResetRows>[0]) =>
      waitingResetRows(events, concerned, clock.now().toISOString());
    const { events, position } = await sets.run(statement, context, command, rows);
    if (events.some(({ type }) => type === 'reset.expired')) throw resetClosed('expired');
    if (decision === 'refuse') return { resetId, status: 'refused', positions: [position] };
    const envelope = await sets.envelopeOf(statement, context);
    return { resetId, status: 'done', positions: [await resetFlow.finish({ personId, resetId }, envelope, context)] };
  };
}
