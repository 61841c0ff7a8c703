import {
  DomainError,
  type CallContext,
  type factorEnrollmentOperations,
  type HandlersOf,
  type Statement,
} from '@cofactor/contracts';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { sealedFactorSchema } from '@cofactor/factors';
import type { FactorSecrets } from '@cofactor/secret-vault';
import { permitted, type Clock, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { SetUpCodes } from '../adapters/set-up-codes';
import { enrolmentOf, resendAtOf } from '../domain/factor-set';
import { factorSet } from '../domain/factor-set.decider';
import { offeredFactor } from '../domain/offered-factors';

type Handler = HandlersOf<typeof factorEnrollmentOperations>['resendEnrolmentCode'];
type Request = Parameters<Handler>[0];

export interface ResendEnrolmentCodeParts {
  readonly sets: FactorSetStream;
  readonly secrets: FactorSecrets;
  readonly setUpCodes: SetUpCodes;
  readonly keys: IdempotencyKeys;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** Sends the code of an open set-up again: the same code, with the same end and the same tries. */
export class ResendEnrolmentCode {
  constructor(private readonly parts: ResendEnrolmentCodeParts) {}

  readonly handle: Handler = async (request, context) => {
    const { verifier, clock, keys, sets } = this.parts;
    const statement = await permitted(verifier, request.statement, 'confirm-enrolment', clock.now());
    const { type, enrolmentId } = request;
    const body = { type, enrolmentId };
    const keyed = { context, scope: statement.authority.id, operation: 'resendEnrolmentCode', body };
    let written: string | null = null;
    const reply = await keys.once(keyed, async (remember) => {
      const { position, ...answered } = await this.resend(statement, request, context, remember);
      written = position;
      return answered;
    });
    // A kept reply was written before its position was known.
    return { ...reply, positions: [written ?? (await sets.positionOf(statement.personId))] };
  };

  private async resend(statement: Statement, request: Request, context: CallContext, remember: Remember) {
    const { clock, sets } = this.parts;
    const { enrolmentId, type } = request;
    const { personId, policies, assurance, authority } = statement;
    const now = clock.now().toISOString();
    const command = { kind: 'resend-code', enrolmentId, type, now, assurance, authority } as const;
    const set = await sets.load(personId);
    // Decided once before, so that a refused command sends nothing.
    factorSet.decide(set, command);
    const enrolment = enrolmentOf(set, command);
    const entry = enrolment ? await this.parts.secrets.open(enrolment.credentialId) : null;
    if (!enrolment || entry?.personId !== personId) throw new DomainError('code-expired');
    const factor = offeredFactor(type, policies);
    const material = factor.material.parse(sealedFactorSchema.parse(entry.material).material);
    const { startedAt, expiresAt, timesSent } = enrolment;
    const asked = { statement, context, factor, material, enrolmentId, expiresAt, timesSent };
    const { delivery } = await this.parts.setUpCodes.ask({ ...asked, startedAt: new Date(startedAt) });
    if (delivery === null) throw new DomainError('not-found');
    const resendAt = resendAtOf({ lastSentAt: now, timesSent: timesSent + 1 });
    const reply = { delivery, resendAt };
    const { position } = await sets.run(
      statement,
      context,
      () => command,
      () => remember({ kind: 'reply', reply: { ...reply, positions: [] } }),
    );
    return { ...reply, position };
  }
}
