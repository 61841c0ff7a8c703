import type { ProblemCode } from '@cofactor/contracts';
import { guessedWords } from './guessed-words';

export interface PasswordRefusal {
  readonly code: Extract<ProblemCode, 'password-too-short' | 'password-too-long' | 'password-too-common'>;
  readonly detail: string;
}

const shortestAlone = 15;
const shortestWithSecondFactor = 8;
const longest = 256;

/** How many characters a password has at least, where it may stand alone or where a second factor is always asked for. */
export const shortestPassword = (secondFactorEnforced: boolean): number =>
  secondFactorEnforced ? shortestWithSecondFactor : shortestAlone;

const isOneRunOrSequence = (password: string): boolean => {
  const points = [...password].map((character) => character.codePointAt(0) ?? 0);
  const steps = new Set(points.slice(1).map((point, index) => point - (points[index] ?? 0)));
  return steps.size <= 1;
};

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

const lookAlikes: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
};

/** With the usual disguises taken off: `P@ssw0rd` is `password`. */
const undisguised = (text: string): string =>
  plain(text.toLowerCase().replaceAll(/[@431$05]/g, (character) => lookAlikes[character] ?? character));

/**
 * NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where a password may stand alone, 8 where a second factor is
 * always asked for; no composition rules; refused with the reason when it is what a guesser tries first, such as
 * the person's own name, address or practice. Lengths count characters of the NFC text. Null when it is fine.
 */
export function refusePassword(
  password: string,
  known: readonly string[],
  secondFactorEnforced: boolean,
): PasswordRefusal | null {
  const length = [...password].length;
  const shortest = shortestPassword(secondFactorEnforced);
  if (length < shortest) {
    return { code: 'password-too-short', detail: `Use at least ${shortest} characters; a few words are good.` };
  }
  if (length > longest) return { code: 'password-too-long', detail: `Use at most ${longest} characters.` };
  const spellings = [plain(password), undisguised(password)];
  const isGuessed = (word: string) => word.length > 3 && spellings.some((spelling) => isMostly(spelling, word));
  if (known.map(plain).some(isGuessed)) {
    return { code: 'password-too-common', detail: 'Choose one that does not repeat your name, email or practice.' };
  }
  if (guessedWords.some(isGuessed)) {
    return {
      code: 'password-too-common',
      detail: 'Choose one that is not a common password with a few characters added.',
    };
  }
  if (isOneRunOrSequence(password)) {
    return { code: 'password-too-common', detail: 'Choose one that is more than one character or a row of them.' };
  }
  return null;
}

/** Whether nothing but a few characters is left once the word is taken out, however often it stands there. */
const isMostly = (password: string, word: string): boolean => password.replaceAll(word, '').length <= 4;
