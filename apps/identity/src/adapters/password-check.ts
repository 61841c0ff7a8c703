import { DomainError, type CallContext, type Envelope } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { envelopeOf, type Hashing, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Sql } from '@cofactor/event-store';
import { passwordDoor, secondsToWait, type PasswordDoorEvent, type PasswordVerdict } from '../domain/password-door';
import type { Directory, KnownPerson } from './directory';

export interface PasswordCheckParts {
  readonly sql: Sql;
  readonly directory: Directory;
  readonly recorder: Recorder;
  readonly hashing: Hashing;
  readonly sealer: PersonalFieldSealer;
  readonly passwords: { open(personId: string): Promise<string | null> };
  readonly fingerprint: (purpose: string, text: string) => string;
}

export type Checked =
  { readonly right: true; readonly person: KnownPerson } | { readonly right: false; readonly refusal: DomainError };

/** The part of an address that one household or practice shares: /24 of IPv4, /64 of IPv6. */
const network = (ip: string): string =>
  ip.includes(':') ? ip.split(':').slice(0, 4).join(':') : ip.split('.').slice(0, 3).join('.');

/**
 * Checks a password and records the outcome at its door. Known and unknown people cost the same work and get the
 * same answer: the hashing place is taken before the look-up, and an unknown one is checked against a dummy (R27).
 */
export class PasswordCheck {
  constructor(private readonly parts: PasswordCheckParts) {}

  /** By typed email, at sign-in. */
  byEmail(emailIndex: string, password: string, context: CallContext): Promise<Checked> {
    return this.check(emailIndex, password, context, () => this.parts.directory.personByEmailIndex(emailIndex));
  }

  /** Of someone signed in, at a change that asks for the password again. Counts at the same door. */
  async ofPerson(person: KnownPerson, password: string, context: CallContext): Promise<Checked> {
    const [claim] = await this.parts.sql.query<{ email_index: string }>(
      'SELECT email_index FROM email_claims WHERE person_id = $1',
      [person.personId],
    );
    return this.check(claim?.email_index ?? person.personId, password, context, () => Promise.resolve(person));
  }

  private check(
    doorName: string,
    password: string,
    context: CallContext,
    find: () => Promise<KnownPerson | null>,
  ): Promise<Checked> {
    return this.parts.hashing.withPlace(async (hasher) => {
      const person = await find();
      const stored = await this.parts.passwords.open(person?.personId ?? 'nobody');
      const matches = await hasher.matches(stored ?? this.parts.hashing.dummyHash, password);
      return this.record(doorName, person, person !== null && stored !== null && matches, context);
    });
  }

  private async record(
    doorName: string,
    person: KnownPerson | null,
    right: boolean,
    context: CallContext,
  ): Promise<Checked> {
    const { recorder, fingerprint } = this.parts;
    const stream = `password-door-${fingerprint('password-door', `${doorName}|${network(context.source.ip)}`).slice(0, 32)}`;
    const at = recorder.now();
    const envelope = await this.envelope(person, context);
    const verdict = verdictOn(person, right);
    const { state, events } = await handleCommand(
      recorder,
      passwordDoor,
      stream,
      () => ({ at, verdict }),
      () => envelope,
    );
    const refused = events.find(
      (event): event is Extract<PasswordDoorEvent, { type: 'sign-in.refused' }> => event.type === 'sign-in.refused',
    );
    if (!refused && person) return { right: true, person };
    return {
      right: false,
      refusal:
        refused?.data.reason === 'too-many-attempts'
          ? new DomainError('too-many-attempts', { retryAfter: secondsToWait(state, at) })
          : new DomainError('invalid-credentials'),
    };
  }

  private envelope(person: KnownPerson | null, context: CallContext): Promise<Envelope> {
    return envelopeOf(this.parts.sealer, context, {
      organisationIds: person?.memberships.map(({ organisationId }) => organisationId) ?? [],
      actor: person ? { kind: 'person', id: person.personId } : { kind: 'person', id: 'unknown' },
      subject: person ? { kind: 'person', id: person.personId } : { kind: 'unknown', id: 'unknown' },
      policyVersion: person?.memberships[0]?.policy.version ?? null,
    });
  }
}

function verdictOn(person: KnownPerson | null, right: boolean): PasswordVerdict {
  if (!person) return { kind: 'unknown-email' };
  return { kind: right ? 'right' : 'wrong-password', personId: person.personId };
}
