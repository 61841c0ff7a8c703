import { t } from '../words/words';

/** Enough for a password that stands alone (NIST SP 800-63B-4 §3.1.1.2). */
const longEnough = 15;

/**
 * A gentle word about a password while it is typed, by its length alone; before anything is typed, how long it must
 * be at least. The server decides.
 */
export function passwordHint(password: string, shortest: number): string {
  const length = [...password].length;
  if (length === 0) return t('practice.passwordHint', { shortest });
  if (length < shortest) return t('practice.strength.short', { count: shortest - length });
  return t(length < longEnough ? 'practice.strength.fair' : 'practice.strength.good');
}
