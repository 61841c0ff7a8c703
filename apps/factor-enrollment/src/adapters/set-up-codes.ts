import type { CallContext, ClientOf, Delivery, notificationOperations, Statement } from '@cofactor/contracts';
import type { Asked, Factor, Occasion } from '@cofactor/factors';
import type { FactorSetStream } from './factor-set-stream';
import type { NewSecrets } from './new-secrets';

/** Who brings a code to the person, by text message or email. */
export type CodeSender = Pick<ClientOf<typeof notificationOperations>, 'sendCode'>;

export interface SetUpCodeParts {
  readonly sets: FactorSetStream;
  readonly newSecrets: NewSecrets;
  readonly codes: CodeSender;
}

/** A set-up that asks for its answer. */
export interface AskingSetUp {
  readonly statement: Statement;
  readonly context: CallContext;
  readonly factor: Factor;
  readonly material: unknown;
  readonly enrolmentId: string;
  readonly startedAt: Date;
  readonly expiresAt: string;
  /** How often its code was sent before. */
  readonly timesSent: number;
}

export const setUpOccasion = (enrolmentId: string, askedAt: Date): Occasion => ({
  id: enrolmentId,
  purpose: 'set-up',
  askedAt,
});

/** What set-ups ask for, and the sending of their codes. */
export class SetUpCodes {
  constructor(private readonly parts: SetUpCodeParts) {}

  /** Asks as the factor does; a code is on its way when this answers, or it throws `code-not-sent`. */
  async ask(asking: AskingSetUp): Promise<Pick<Asked, 'details'> & { readonly delivery: Delivery | null }> {
    const { factor, material, statement, enrolmentId, startedAt } = asking;
    const effects = this.parts.newSecrets.effects(statement.policies);
    const { send, details } = await factor.ask(material, setUpOccasion(enrolmentId, startedAt), effects);
    return { details, delivery: send === null ? null : await this.send(send, asking) };
  }

  private async send({ to, code }: NonNullable<Asked['send']>, asking: AskingSetUp): Promise<Delivery> {
    const { statement, context, enrolmentId, expiresAt, timesSent } = asking;
    const { personId } = statement;
    const occasion = { id: enrolmentId, purpose: 'set-up', asked: timesSent } as const;
    const envelope = await this.parts.sets.envelopeOf(statement, context);
    return (await this.parts.codes.sendCode({ personId, occasion, to, code, expiresAt, envelope }, context)).delivery;
  }
}
