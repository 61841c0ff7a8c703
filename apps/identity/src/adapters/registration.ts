import { DomainError } from '@cofactor/contracts';
import { AppendOutcomeUnknown, isUniqueViolation } from '@cofactor/event-store';
import { networkOf, type Hashing } from '@cofactor/service-kit';
import { emailClaimConstraint } from './directory';

/** Where addresses are sealed; `pending` entries vanish unless they are activated. */
export interface ContactVault {
  indexOf(channel: 'email', value: string): string;
  seal(entry: {
    contactId: string;
    personId: string;
    channel: 'email';
    value: string;
    expiresAt: Date | null;
  }): Promise<void>;
  activate(contactId: string): Promise<unknown>;
  destroy(contactId: string): Promise<void>;
}

export interface RegistrationParts {
  readonly recorder: { now(): Date };
  readonly hashing: Hashing;
  readonly contacts: ContactVault;
  readonly passwords: {
    store(personId: string, hash: string): Promise<void>;
    destroy(personId: string): Promise<void>;
  };
}

export interface Registrant {
  readonly personId: string;
  readonly contactId: string;
  readonly email: string;
  /** Null for someone who chooses it later, by a link. */
  readonly password: string | null;
}

const secondsUntilForgotten = 3600;

/** Brings a new person's secrets and facts together. */
export class Registration {
  constructor(private readonly parts: RegistrationParts) {}

  /**
   * Secrets first, where they expire by themselves; then `commit` of all facts and the claim on the address; then they
   * stay. A crash in between leaves nothing but an entry that expires, or a fact whose reaction finishes the rest
   * (DESIGN §6.6). Throws `email-taken` where somebody else holds the address.
   */
  async register({ email, password, ...ids }: Registrant, ip: string, commit: () => Promise<unknown>): Promise<void> {
    const { contacts, hashing, passwords, recorder } = this.parts;
    const hashed = password === null ? null : await hashing.withPlace((hasher) => hasher.hash(password), networkOf(ip));
    const expiresAt = new Date(recorder.now().getTime() + secondsUntilForgotten * 1000);
    if (hashed !== null) await passwords.store(ids.personId, hashed);
    await contacts.seal({ ...ids, channel: 'email', value: email, expiresAt });
    try {
      await commit();
    } catch (error) {
      // Perhaps it is committed: then the reaction keeps the address, and without their password nobody gets in.
      if (error instanceof AppendOutcomeUnknown) throw error;
      await Promise.all([contacts.destroy(ids.contactId), passwords.destroy(ids.personId)]);
      if (isUniqueViolation(error, emailClaimConstraint)) throw new DomainError('email-taken');
      throw error;
    }
    await contacts.activate(ids.contactId);
  }
}
