import { DomainError, type CallContext, type Envelope } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { envelopeOf, networkOf, type Hashing, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Sql, Remember } from '@cofactor/event-store';
import {
  passwordDoor,
  secondsToWait,
  type PasswordDoorEvent,
  type PasswordDoorState,
  type PasswordVerdict,
} from '../domain/password-door';
import type { Directory, KnownPerson } from './directory';
import { personEnvelope } from './person-envelope';

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

/**
 * Checks a password and records the outcome at its door. Known and unknown people cost the same work and get the
 * same answer: the hashing place is taken before the look-up, and an unknown one is checked against a dummy (R27).
 */
export class PasswordCheck {
  constructor(private readonly parts: PasswordCheckParts) {}

  /** By typed email, at sign-in. A refusal is remembered in the commit that counts it, so a repeat is no second guess. */
  byEmail(emailIndex: string, password: string, context: CallContext, remember: Remember): Promise<Checked> {
    const find = () => this.parts.directory.personByEmailIndex(emailIndex);
    return this.check(emailIndex, password, context, find, remember);
  }

  /** Records that someone with the right password has no second factor left and may bind none (DESIGN §6.2). */
  async recordNoWayIn(emailIndex: string, person: KnownPerson, context: CallContext): Promise<void> {
    await this.attempt(emailIndex, person, { kind: 'no-way-in', personId: person.personId }, context, () => []);
  }

  /** Of someone signed in, at a change that asks for the password again. Counts at the same door. */
  async ofPerson(person: KnownPerson, password: string, context: CallContext): Promise<Checked> {
    const [claim] = await this.parts.sql.query<{ email_index: string }>(
      'SELECT email_index FROM email_claims WHERE person_id = $1',
      [person.personId],
    );
    return this.check(
      claim?.email_index ?? person.personId,
      password,
      context,
      () => Promise.resolve(person),
      () => [],
    );
  }

  private async check(
    doorName: string,
    password: string,
    context: CallContext,
    find: () => Promise<KnownPerson | null>,
    remember: Remember,
  ): Promise<Checked> {
    const { hashing, passwords } = this.parts;
    const { person, matches } = await hashing.withPlace(async (hasher) => {
      const found = await find();
      const stored = await passwords.open(found?.personId ?? 'nobody');
      const right = await hasher.matches(stored ?? hashing.dummyHash, password);
      return { person: found, matches: right && stored !== null };
    }, networkOf(context.source.ip));
    const refusal = await this.attempt(doorName, person, verdictOn(person, matches), context, remember);
    if (refusal) return { right: false, refusal };
    return person ? { right: true, person } : { right: false, refusal: new DomainError('invalid-credentials') };
  }

  /** Records a try at its door; what the door answers, or null when it lets the person pass. */
  private async attempt(
    doorName: string,
    person: KnownPerson | null,
    verdict: PasswordVerdict,
    context: CallContext,
    remember: Remember,
  ): Promise<DomainError | null> {
    const { recorder, fingerprint } = this.parts;
    const door = fingerprint('password-door', `${doorName}|${networkOf(context.source.ip)}`).slice(0, 32);
    const at = recorder.now();
    const envelope = await this.envelope(person, context);
    const { state, events } = await handleCommand(
      recorder,
      passwordDoor,
      `password-door-${door}`,
      () => ({ at, verdict }),
      () => envelope,
      (decided, after) => {
        const refusal = refusalOf(decided, after, at);
        return refusal ? { sideRows: remember({ kind: 'problem', ...refusal }) } : {};
      },
    );
    const refusal = refusalOf(events, state, at);
    return refusal && new DomainError(refusal.code, refusal.extras);
  }

  private envelope(person: KnownPerson | null, context: CallContext): Promise<Envelope> {
    if (person) return personEnvelope(this.parts.sealer, context, person);
    return envelopeOf(this.parts.sealer, context, {
      organisationIds: [],
      actor: { kind: 'person', id: 'unknown' },
      subject: { kind: 'unknown', id: 'unknown' },
      policyVersion: null,
    });
  }
}

/** What the events of a try tell its caller; a wrong password and an unknown email are the same. */
function refusalOf(events: readonly PasswordDoorEvent[], state: PasswordDoorState, at: Date) {
  const refused = events.find((event) => event.type === 'sign-in.refused');
  if (refused?.type !== 'sign-in.refused') return null;
  return refused.data.reason === 'too-many-attempts'
    ? ({ code: 'too-many-attempts', extras: { retryAfter: secondsToWait(state, at) } } as const)
    : ({ code: 'invalid-credentials', extras: {} } as const);
}

function verdictOn(person: KnownPerson | null, right: boolean): PasswordVerdict {
  if (!person) return { kind: 'unknown-email' };
  return { kind: right ? 'right' : 'wrong-password', personId: person.personId };
}
