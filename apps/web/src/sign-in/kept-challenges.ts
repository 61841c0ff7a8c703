import type { Challenge } from './challenges';

const key = 'cofactor.challenges';

interface Kept {
  readonly signInId: string;
  readonly open: Readonly<Record<string, Challenge>>;
}

/** What this tab kept last, which may be anything that an older release has left there. */
function read(): Kept | null {
  const text = sessionStorage.getItem(key);
  if (text === null) return null;
  try {
    const kept: unknown = JSON.parse(text);
    const isKept = typeof kept === 'object' && kept !== null && 'signInId' in kept && 'open' in kept;
    return isKept ? (kept as Kept) : null;
  } catch {
    return null;
  }
}

/** The challenges for which a code was sent, so that a reload sends no other. No code is among what is kept. */
export const keptChallenges = {
  of: (signInId: string): Readonly<Record<string, Challenge>> => {
    const kept = read();
    return kept?.signInId === signInId ? kept.open : {};
  },
  keep: (signInId: string, credentialId: string, challenge: Challenge): void => {
    const open = { ...keptChallenges.of(signInId), [credentialId]: challenge };
    sessionStorage.setItem(key, JSON.stringify({ signInId, open }));
  },
  forget: (): void => sessionStorage.removeItem(key),
};
