import type { RenderedMail } from './mail-body';

/** One mail as a provider takes it; `messageId` is the same for every try (DESIGN §6.9). */
export interface Mail extends RenderedMail {
  readonly messageId: string;
  readonly to: string;
}

/**
 * Hands a mail to those who deliver it. `accepted`: they are responsible now. `refused`: they will never take it.
 * `unavailable`: nothing is known, or they ask to come later; the same mail may be sent again. Does not throw, takes
 * at most 30 seconds, and sends to the one address given, whatever stands in the mail.
 */
export interface Mailer {
  send(mail: Mail): Promise<'accepted' | 'refused' | 'unavailable'>;
  close(): void;
}

/** One text message as a provider takes it. */
export interface TextMessage {
  readonly messageId: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

/**
 * Hands a text message to those who deliver it; what it answers means what it means of a `Mailer`. Does not throw, takes
 * at most 30 seconds, and sends to the one number given.
 */
export interface TextMessenger {
  send(message: TextMessage): Promise<'accepted' | 'refused' | 'unavailable'>;
  close(): void;
}

/** Where people are written to; the vault answers. Null when there is no address (any more). */
export interface Contacts {
  openFor(personId: string, kind: 'email'): Promise<string | null>;
  /** Every address of a person, the newest first: the one before stays until its notice was sent (R6, DESIGN §6.9). */
  openAllFor(personId: string, kind: 'email'): Promise<readonly OpenContact[]>;
}

export interface OpenContact {
  readonly contactId: string;
  readonly value: string;
}

/** From where something was done, coarsely: a network and never an address in it, a device and not its own words. */
export interface Whereabouts {
  readonly network: string | null;
  readonly device: string | null;
}

/** An address that can stand in an envelope: no line break, no list, no display name. */
export const isOneAddress = (text: string): boolean => /^[^\s\p{C}<>()",;:\\@]+@[^\s\p{C}<>()",;:\\@]+$/u.test(text);

/** A number in E.164 (ITU-T E.164 §6): at most fifteen digits after the plus. */
export const isOneNumber = (text: string): boolean => /^\+[1-9][0-9]{6,14}$/.test(text);

type Brought = Promise<'accepted' | 'refused' | 'unavailable' | 'no-address'>;

/** How a code is brought: to the number that is given, or to the login address that the vault holds. As `Mailer.send`. */
export interface CodeChannels {
  readonly sms: (code: TextMessage) => Brought;
  readonly email: (personId: string, code: Omit<Mail, 'to'>) => Brought;
}
