import type { FactorType, InstallationRole, NoticeTemplate, OrganisationRole } from '@cofactor/contracts';

/** How people call each kind of factor, in a sentence. */
export const factorWords: Readonly<Record<FactorType, string>> = {
  totp: 'authenticator app',
  sms: 'text message number',
  email: 'email address for codes',
  webauthn: 'passkey',
  'recovery-code': 'recovery codes',
};

interface Wording {
  readonly subject: string;
  /** `{when}` is the time of the change; `{factor}` its method, by kind and name; `{roles}`, `{until}`, `{practice}` say what changed. */
  readonly happened: string;
  readonly ifItWasYou: string;
  /** `{pages}` is the address of this installation. */
  readonly ifItWasNot: string;
}

const notYou = 'If this was not you:';
const tellTheManager =
  'Tell the manager of your practice straight away, by phone or in person. Say that someone else may know your password.';

/** Every message in English. Nothing in it is secret, and it asks for nothing but to look. */
export const wordings: Readonly<Record<NoticeTemplate, Wording>> = {
  'factor-added': {
    subject: 'A sign-in method was added to your account',
    happened: 'Your {factor} was added to your account on {when}. It can now confirm that it is you who signs in.',
    ifItWasYou: 'If this was you, there is nothing to do.',
    ifItWasNot: `${notYou} Sign in at {pages} and open Security. Remove the method that you do not know and get new recovery codes. ${tellTheManager}`,
  },
  'factor-removed': {
    subject: 'A sign-in method was removed from your account',
    happened: 'Your {factor} was removed from your account on {when}. It no longer works for signing in.',
    ifItWasYou: 'If this was you, there is nothing to do.',
    ifItWasNot: `${notYou} Sign in at {pages} with another method or a recovery code and open Security. Add your method again and get new recovery codes. ${tellTheManager}`,
  },
  'recovery-code-used': {
    subject: 'A recovery code was used to sign in',
    happened: 'One of your recovery codes was used to sign in on {when}. That code does not work again.',
    ifItWasYou: 'If this was you, check in Security that enough codes are left, and get new ones when they run low.',
    ifItWasNot: `${notYou} Sign in at {pages} and open Security. End the sessions that you do not know and get new recovery codes: the old ones stop working at once. ${tellTheManager}`,
  },
  'recovery-codes-issued': {
    subject: 'New recovery codes were made for your account',
    happened: 'New recovery codes were made for your account on {when}. The earlier ones no longer work.',
    ifItWasYou: 'If this was you, keep the new codes in a safe place and throw the old ones away.',
    ifItWasNot: `${notYou} Sign in at {pages} and open Security. Get new recovery codes yourself: those that someone else made stop working at once. End the sessions that you do not know. ${tellTheManager}`,
  },
  'credential-disabled': {
    subject: 'A sign-in method was disabled after too many wrong codes',
    happened:
      'Your {factor} was disabled on {when}, because too many wrong codes were entered for it. It no longer works for signing in.',
    ifItWasYou:
      'If this was you, sign in at {pages} with another method or a recovery code, open Security, remove the disabled method and add it anew.',
    ifItWasNot: `${notYou} Whoever entered these codes knew your password. Sign in at {pages} with another method or a recovery code, open Security, and end the sessions that you do not know. ${tellTheManager}`,
  },
  'factors-reset': {
    subject: 'Two-factor authentication was reset for your account',
    happened:
      'All your sign-in methods and recovery codes were cleared on {when}, and you were signed out everywhere. None of them works any more.',
    ifItWasYou: 'If you asked for this, sign in at {pages} and set up a new method straight away.',
    ifItWasNot: `${notYou} Sign in at {pages} and set up a new method before anyone else does. ${tellTheManager}`,
  },
  'reset-requested': {
    subject: 'A reset of two-factor authentication was asked for',
    happened:
      'A reset of all your sign-in methods was asked for on {when}. It takes place once an administrator of your practice agrees, within 24 hours.',
    ifItWasYou: 'If you asked for this, there is nothing to do but wait.',
    ifItWasNot: `${notYou} ${tellTheManager}`,
  },
  'roles-changed': {
    subject: 'Your default sign-in method was changed',
    happened: 'The order of your sign-in methods was changed on {when}. {roles}',
    ifItWasYou: 'If this was you, there is nothing to do.',
    ifItWasNot: `${notYou} Sign in at {pages}, open Security and check your methods. End the sessions that you do not know. ${tellTheManager}`,
  },
  'enforcement-on': {
    subject: 'Two-factor authentication is now required',
    happened: '{practice} asks for a second factor at every sign-in since {when}.',
    ifItWasYou:
      'If you have set up a second factor, nothing changes for you. Otherwise you are asked to set one up when you sign in next, at {pages}.',
    ifItWasNot: 'If you did not expect this, ask the manager of the practice.',
  },
  'changes-frozen': {
    subject: 'Changes of your sign-in methods are stopped for a day',
    happened:
      'On {when} you told us that a change of your sign-in methods was not yours. You were signed out everywhere, and nothing can be added, removed or changed until {until}. The methods that you have still sign you in.',
    ifItWasYou: `Look at your methods in Security, at {pages}. ${tellTheManager} An administrator can reset your methods at once.`,
    ifItWasNot: `${notYou} Somebody else may read your mail. ${tellTheManager}`,
  },
  'reset-not-approved': {
    subject: 'A reset of two-factor authentication did not take place',
    happened:
      'The reset of all your sign-in methods that was asked for {outcome} on {when}. Nothing was cleared: your methods and recovery codes work as before.',
    ifItWasYou: 'If you still need it, ask an administrator of your practice, and say why.',
    ifItWasNot: `${notYou} Somebody else may know your password. ${tellTheManager}`,
  },
  // To those who can approve it.
  'reset-awaits-approval': {
    subject: 'A reset of two-factor authentication waits for a second person',
    happened:
      'On {when} somebody asked for a reset of two-factor authentication. It needs somebody else to agree, such as you, and ends by itself on {until}.',
    ifItWasYou:
      'Sign in at {pages} and open Resets, or Support if you belong to it. There you see whom it is for, who asked and why, and approve or refuse it.',
    ifItWasNot:
      'Speak with the person first, by phone or in person. Whoever asked for it may have been talked into it.',
  },
  'membership-changed': {
    subject: 'What you are in a practice has changed',
    happened: '{membership} on {when}.',
    ifItWasYou: 'If you expected this, there is nothing to do. What you see at {pages} has changed with it.',
    ifItWasNot: 'If you did not expect this, ask the manager of the practice, by phone or in person.',
  },
  'appointment-changed': {
    subject: 'What you may do in this installation has changed',
    happened: '{appointment} on {when}.',
    ifItWasYou:
      'If you expected this, there is nothing to do. What you see at {pages}, and how you sign in, follow from it.',
    ifItWasNot: 'If you did not expect this, ask whoever runs this installation, by phone or in person.',
  },
  // To the people of support.
  'change-reported': {
    subject: 'Somebody reported a change that was not theirs',
    happened:
      'On {when} somebody reported that a change of their sign-in methods was not theirs. They were signed out everywhere, and nothing can be added, removed or changed until {until}.',
    ifItWasYou: 'Sign in at {pages} and open Support: it lists everyone who has reported a change within the last day.',
    ifItWasNot:
      'Speak with their practice, not with whoever calls. A stranger may ask for a reset too: record every step of a case before you clear anything.',
  },
};

export const greeting = 'Hello,';
/** Stands before the link. */
export const reporting =
  'To stop further changes for 24 hours and sign out everywhere, open this page and press its button. The link works once, for seven days, and needs no sign-in:';
export const footers = {
  change: 'Cofactor sends this because the way you sign in has changed. It never asks for your password or a code.',
  rules: 'Cofactor sends this because the sign-in rules have changed. It never asks for your password or a code.',
  roles: 'Cofactor sends this because what you may do has changed. It never asks for your password or a code.',
  approval: 'Cofactor sends this because you can approve resets. It never asks for your password or a code.',
  support:
    'Cofactor sends this because you belong to the support of this installation. It never asks for your password or a code.',
} as const;

export const detailLabels = { at: 'Exact time', by: 'Done by', network: 'From the network', device: 'With' } as const;

/** What became of a reset that waited. */
export const outcomeWords = {
  refused: 'was refused',
  expired: 'ended, since nobody agreed to it in time,',
} as const;

export const roleWords: Readonly<Record<OrganisationRole, string>> = {
  member: 'member',
  patient: 'patient',
  administrator: 'administrator',
  analyst: 'analyst',
};

/** What the person is in a practice; without a role they no longer belong to it. */
export const membershipWords = {
  changed: 'Your roles in “{practice}” were changed to {roles}',
  ended: 'You were removed from “{practice}”',
} as const;

export const appointmentWords: Readonly<Record<InstallationRole, Readonly<Record<'appointed' | 'dismissed', string>>>> =
  {
    operator: {
      appointed: 'You were made an operator of this installation of Cofactor',
      dismissed: 'You are no longer an operator of this installation of Cofactor',
    },
    support: {
      appointed: 'You were taken into the support of this installation of Cofactor',
      dismissed: 'You no longer belong to the support of this installation of Cofactor',
    },
  };

/** Who did it, where it was not the person. */
export const causeWords = {
  administrator: 'an administrator of your practice',
  support: 'the support of this installation',
  practice: 'an administrator of the practice',
} as const;

/** Messages that bring a code. `{code}` stands once, and no other number of six digits beside it. */
export const codeWords = {
  'sign-in': {
    subject: 'Your code to sign in',
    short: '{code} is your code to sign in.',
    before: 'Your code to sign in:',
    after: 'It works once, for ten minutes, on the page where you asked for it.',
    ifNot:
      'If you are not signing in now, somebody else may know your password. Sign in at {pages}, open Security and end the sessions that you do not know. Then tell the manager of your practice, by phone or in person.',
  },
  'set-up': {
    subject: 'Your code to set up a sign-in method',
    short: '{code} is your code to set up text messages.',
    before: 'Your code to set up codes by email:',
    after: 'It works once, for a quarter of an hour, on the page where you asked for it.',
    ifNot:
      'If you are not setting this up now, do nothing with the code, and tell the manager of your practice, by phone or in person.',
  },
  never: {
    short: 'Never tell it to anybody.',
    long: 'Nobody from Cofactor or from your practice ever asks you for this code.',
  },
  boundTo: '\n@{host} #{code}',
} as const;
