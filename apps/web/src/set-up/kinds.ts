import type { ComponentType } from 'react';
import type { Factors } from '../api/queries';
import { AppForm } from './app/app-form';
import { EmailForm } from './email/email-form';
import type { Enrolment, Fields, SetUpType } from './enrolment';
import { PasskeyForm } from './passkey/passkey-form';
import { PasskeyName } from './passkey/passkey-name';
import { NumberForm } from './text-message/number-form';
import { TextMessageForm } from './text-message/text-message-form';

export interface DetailsProps {
  readonly factors: Factors;
  /** Starts the set-up with what was typed; throws the refusal where a field is wrong. */
  readonly onDetails: (fields: Fields) => Promise<void>;
}

export interface ConfirmationProps {
  readonly enrolment: Enrolment;
  /** Starts anew, after this set-up has ended without a factor. */
  readonly onAgain: () => void;
}

interface SetUpKind {
  /** Asks for what the set-up starts with; null where that is nothing. */
  readonly Details: ComponentType<DetailsProps> | null;
  /** Asks for what confirms it. */
  readonly Confirmation: ComponentType<ConfirmationProps>;
  /** Whether one is all that a person can have. */
  readonly once: boolean;
}

/** Every kind of factor that can be set up; a further one is one folder and one entry. */
export const setUpKinds: Readonly<Record<SetUpType, SetUpKind>> = {
  totp: { Details: null, Confirmation: AppForm, once: false },
  sms: { Details: NumberForm, Confirmation: TextMessageForm, once: false },
  email: { Details: null, Confirmation: EmailForm, once: true },
  webauthn: { Details: PasskeyName, Confirmation: PasskeyForm, once: false },
};
