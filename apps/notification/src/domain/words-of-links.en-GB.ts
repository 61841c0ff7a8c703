/** To someone new, around the link, which works once, for `{days}`. */
export const firstPasswordWords = {
  subject: 'Choose your password',
  before: 'You were added to “{practice}”. Choose a password, and you can sign in:',
  after: [
    'The link works once, for {days}. If it has stopped working, ask the manager who added you to send a new one.',
    'If you do not know this practice, do nothing with the link. Nobody from Cofactor or from a practice ever asks you for it or for your password.',
  ],
} as const;

/** To someone who has a password. */
export const addedWords = {
  subject: 'You were added to another practice',
  paragraphs: [
    'You were added to “{practice}”. Sign in at {pages} with your email and the password that you have. The sign-in rules of this practice apply to you too from now on, so you may be asked to set up a method.',
    'If you do not know this practice, tell the manager of your own, by phone or in person.',
  ],
} as const;
