import { t } from '../words/words';

const shortest = 8;
const longEnough = 15;

/**
 * A gentle word about a password while it is typed, by its length alone: what NIST SP 800-63B-4 §3.1.1.2 asks for is
 * length, 8 with a second factor and 15 without. Null before anything is typed. The server decides.
 */
export function passwordStrength(password: string): string | null {
  const length = [...password].length;
  if (length === 0) return null;
  if (length < shortest) return t('practice.strength.short', { count: shortest - length });
  return t(length < longEnough ? 'practice.strength.fair' : 'practice.strength.good');
}
