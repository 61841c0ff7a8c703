import { DomainError, type Actor, type CallContext, type InstallationRole } from '@cofactor/contracts';
import { handleCommand, type Recorder, type SideRow } from '@cofactor/event-sourcing';
import { maskedEmail } from '@cofactor/factors';
import { comparableName, operatorPolicy } from '@cofactor/policy';
import { envelopeOf, newId, type PersonalFieldSealer } from '@cofactor/service-kit';
import { person, type PersonCommand } from '../domain/person';
import { emailClaim, operatorRow, personRow, supportStaffRow, noSupportStaffRow, type Directory } from './directory';
import type { Registration } from './registration';

export interface InstallationStaffParts {
  readonly recorder: Recorder;
  readonly directory: Pick<Directory, 'personByEmailIndex'>;
  readonly registering: Registration;
  readonly sealer: PersonalFieldSealer;
  readonly emailIndex: (email: string) => string;
  readonly nameIndex: (comparableName: string) => string;
  readonly randomBytes: (length: number) => Uint8Array;
}

export type Appointment = { readonly personId: string; readonly position: string } & (
  | {
      /** Of a new person, whose password nobody else hears. */
      readonly kind: 'registered';
      readonly password: string;
    }
  /** Of someone who was there already, and keeps their password. */
  | { readonly kind: 'appointed' }
  | { readonly kind: 'held-already' }
);

/** Who is appointed; the name is that of someone who is registered by it, and of nobody else. */
export interface Appointed {
  readonly email: string;
  readonly name: string | null;
}

/** In whose name somebody is appointed; `rows` are committed with it. */
export interface Appointing {
  readonly actor: Actor;
  readonly context: CallContext;
  readonly rows?: readonly SideRow[];
}

/** What a command at the machine tells of where it came from; the request is the command. */
export const atTheMachine = (): Appointing => ({
  actor: { kind: 'operator', id: 'command-line' },
  context: {
    requestId: newId(),
    traceparent: null,
    source: { ip: '127.0.0.1', userAgent: 'npm run operator' },
    idempotencyKey: null,
  },
});

const rowOf = { operator: operatorRow, support: supportStaffRow } as const;

/** Makes people operators of the installation, or its support, and ends that. Who may ask for it is asked before. */
export class InstallationStaff {
  constructor(private readonly parts: InstallationStaffParts) {}

  /** Appoints whoever has this address, registering them first where nobody has. */
  async appoint(someone: Appointed, role: InstallationRole, by: Appointing): Promise<Appointment> {
    const { email } = someone;
    const known = await this.parts.directory.personByEmailIndex(this.parts.emailIndex(email));
    if (known) return this.appointKnown(known.personId, role, by);
    const password = Buffer.from(this.parts.randomBytes(18)).toString('base64url');
    try {
      return { kind: 'registered', password, ...(await this.register(someone, password, role, by)) };
    } catch (error) {
      // Another command was quicker: then the person is there now.
      if (error instanceof DomainError && error.code === 'email-taken') return this.appoint(someone, role, by);
      throw error;
    }
  }

  /** Answers the position; whoever is not of support is dismissed already. */
  async dismissSupport(personId: string, by: Appointing): Promise<string> {
    const { position } = await this.handle({ kind: 'dismiss-support', personId }, by, [noSupportStaffRow(personId)]);
    return position;
  }

  private async register({ email, name }: Appointed, password: string, role: InstallationRole, by: Appointing) {
    const { emailIndex, registering, sealer } = this.parts;
    const ids = { personId: newId(), contactId: newId() };
    const [beforeTheAt = email] = email.split('@');
    const sealedName = await sealer.seal(ids.personId, name ?? beforeTheAt);
    const described = { ...ids, emailHint: maskedEmail(email), sealedName };
    let position = '';
    await registering.register({ ...ids, email, password }, by.context.source.ip, async () => {
      const rows = [
        personRow({ ...described, nameIndex: this.parts.nameIndex(comparableName(email)), passwordMissing: false }),
        emailClaim(emailIndex(email), ids.personId),
        rowOf[role](ids.personId),
      ];
      ({ position } = await this.handle({ kind: 'register-staff', role, ...described }, by, rows));
    });
    return { personId: ids.personId, position };
  }

  private async appointKnown(personId: string, role: InstallationRole, by: Appointing): Promise<Appointment> {
    const command = { kind: 'appoint', personId, role } as const;
    const { events, position } = await this.handle(command, by, [rowOf[role](personId)]);
    return { kind: events.length > 0 ? 'appointed' : 'held-already', personId, position };
  }

  private async handle(command: PersonCommand, { actor, context, rows = [] }: Appointing, own: readonly SideRow[]) {
    const { recorder, sealer } = this.parts;
    const { personId } = command;
    const envelope = await envelopeOf(sealer, context, {
      organisationIds: [operatorPolicy.organisationId],
      actor,
      subject: { kind: 'person', id: personId },
      policyVersion: operatorPolicy.version,
    });
    return handleCommand(
      recorder,
      person,
      `person-${personId}`,
      () => command,
      () => envelope,
      () => ({ sideRows: [...own, ...rows] }),
    );
  }
}
