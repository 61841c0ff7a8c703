import type { CallContext, factorEnrollmentOperations, HandlersOf, Statement } from '@cofactor/contracts';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import type { Factor } from '@cofactor/factors';
import { newId, parseFields, permitted, type Clock, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { NewSecrets } from '../adapters/new-secrets';
import type { SetUpCodes } from '../adapters/set-up-codes';
import { resendAtOf, type FactorSet } from '../domain/factor-set';
import { named, type StartEnrolment as Command } from '../domain/enrolments';
import { factorSet } from '../domain/factor-set.decider';
import { offeredFactor } from '../domain/offered-factors';

type Handler = HandlersOf<typeof factorEnrollmentOperations>['startEnrolment'];
type Request = Parameters<Handler>[0];

export interface StartEnrolmentParts {
  readonly sets: FactorSetStream;
  readonly newSecrets: NewSecrets;
  readonly setUpCodes: SetUpCodes;
  readonly keys: IdempotencyKeys;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** Makes a factor's secret and shows it once, or sends its first code. Until it is confirmed it counts as nothing. */
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
    const { clock, newSecrets, sets } = this.parts;
    const { personId, policies, assurance, authority } = statement;
    const factor = offeredFactor(request.type, policies);
    const started = await this.startFactor(factor, statement, request);
    const [enrolmentId, credentialId, expiry] = [newId(), newId(), newSecrets.expiry()];
    const { material } = started;
    const { type, atMost } = factor;
    const [now, expiresAt] = [clock.now(), expiry.toISOString()];
    const command = (set: FactorSet): Command => ({
      ...{ kind: 'start-enrolment', enrolmentId, credentialId, type, atMost, expiresAt, assurance, authority },
      ...named(set, started),
      now: now.toISOString(),
    });
    // Decided once before, so that a refused command leaves nothing in the vault and sends nothing.
    const set = await sets.load(personId);
    factorSet.decide(set, command(set));
    await newSecrets.seal({ personId, credentialId, factor, hint: command(set).hint, material }, expiry);
    const asking = { statement, context, factor, material, enrolmentId, startedAt: now, expiresAt, timesSent: 0 };
    const { details, delivery } = await this.parts.setUpCodes.ask(asking);
    const { position } = await sets.run(statement, context, command, () => remember({ kind: 'secret' }));
    const resendAt = resendAtOf({ lastSentAt: now.toISOString(), timesSent: 1 });
    return {
      enrolmentId,
      expiresAt,
      ...(delivery === null ? {} : { delivery, resendAt }),
      details: { hint: started.hint, ...started.details, ...details },
      positions: [position],
    };
  }

  private startFactor(factor: Factor, { personId, policies }: Statement, { fields, accountLabel }: Request) {
    const { newSecrets, sets } = this.parts;
    const held = async () => {
      const { factors } = await sets.load(personId);
      return newSecrets.opened(
        factor,
        factors.filter(({ type }) => type === factor.type),
      );
    };
    const parsed = parseFields(factor.fields, fields);
    return factor.start({ fields: parsed, accountLabel, personId, count: 0, held }, newSecrets.effects(policies));
  }
}
