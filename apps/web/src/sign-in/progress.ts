import { keptChallenges } from './kept-challenges';

/**
 * Which sign-in this tab is in the middle of, so that "Enter your code" survives a reload. An id alone opens nothing:
 * the token of the sign-in is in a cookie that no page can read.
 */
const key = 'cofactor.sign-in';

export const signInProgress = {
  read: (): string | null => sessionStorage.getItem(key),
  keep: (signInId: string): void => sessionStorage.setItem(key, signInId),
  forget: (): void => {
    sessionStorage.removeItem(key);
    keptChallenges.forget();
  },
};
