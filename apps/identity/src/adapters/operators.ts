import { DomainError, type CallContext } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { comparableName, operatorPolicy } from '@cofactor/policy';
import { envelopeOf, newId, type PersonalFieldSealer } from '@cofactor/service-kit';
import { maskedEmail } from '@cofactor/factors';
import { person, type PersonCommand } from '../domain/person';
import { emailClaim, operatorRow, personRow, type Directory } from './directory';
import type { Registration } from './registration';

export interface OperatorsParts {
  readonly recorder: Recorder;
  readonly directory: Pick<Directory, 'personByEmailIndex'>;
  readonly registering: Registration;
  readonly sealer: PersonalFieldSealer;
  readonly emailIndex: (email: string) => string;
  readonly nameIndex: (comparableName: string) => string;
  readonly randomBytes: (length: number) => Uint8Array;
}

export type Appointment =
  /** Of a new person, whose password nobody else hears. */
  | { readonly kind: 'registered'; readonly password: string }
  /** Of someone who was there already, and keeps their password. */
  | { readonly kind: 'appointed' }
  | { readonly kind: 'operator-already' };

/** What a command at the machine tells of where it came from; the request is the command. */
const atTheMachine = (): CallContext => ({
  requestId: newId(),
  traceparent: null,
  source: { ip: '127.0.0.1', userAgent: 'npm run operator' },
  idempotencyKey: null,
});

/** Makes people operators of the installation; only someone at its databases and keys can. */
export class Operators {
  constructor(private readonly parts: OperatorsParts) {}

  /** Appoints whoever has this address, registering them first where nobody has. */
  async appoint(email: string): Promise<Appointment> {
    const known = await this.parts.directory.personByEmailIndex(this.parts.emailIndex(email));
    if (known) return this.appointKnown(known.personId);
    const password = Buffer.from(this.parts.randomBytes(18)).toString('base64url');
    try {
      await this.register(email, password);
      return { kind: 'registered', password };
    } catch (error) {
      // Another command was quicker: then the person is there now.
      if (error instanceof DomainError && error.code === 'email-taken') return this.appoint(email);
      throw error;
    }
  }

  private async register(email: string, password: string): Promise<void> {
    const { emailIndex, registering, sealer } = this.parts;
    const ids = { personId: newId(), contactId: newId() };
    const [name = email] = email.split('@');
    const sealedName = await sealer.seal(ids.personId, name);
    const described = { ...ids, emailHint: maskedEmail(email), sealedName };
    const context = atTheMachine();
    await registering.register({ ...ids, email, password }, context.source.ip, () =>
      this.handle({ kind: 'register-operator', ...described }, context, [
        personRow({ ...described, nameIndex: this.parts.nameIndex(comparableName(email)), passwordMissing: false }),
        emailClaim(emailIndex(email), ids.personId),
      ]),
    );
  }

  private async appointKnown(personId: string): Promise<Appointment> {
    const { events } = await this.handle({ kind: 'appoint-operator', personId }, atTheMachine(), []);
    return { kind: events.length > 0 ? 'appointed' : 'operator-already' };
  }

  private async handle(command: PersonCommand, context: CallContext, rows: ReturnType<typeof personRow>[]) {
    const { recorder, sealer } = this.parts;
    const { personId } = command;
    const envelope = await envelopeOf(sealer, context, {
      organisationIds: [operatorPolicy.organisationId],
      actor: { kind: 'operator', id: 'command-line' },
      subject: { kind: 'person', id: personId },
      policyVersion: operatorPolicy.version,
    });
    return handleCommand(
      recorder,
      person,
      `person-${personId}`,
      () => command,
      () => envelope,
      () => ({ sideRows: [...rows, operatorRow(personId)] }),
    );
  }
}
