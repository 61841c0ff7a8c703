import type { FactorType } from '../api/queries';
import { t } from './words';

/** What tells one factor of a kind from another, such as a masked number; null where it only repeats the kind. */
export function tellingHint({ type, hint }: { readonly type: FactorType; readonly hint: string }): string | null {
  return hint === '' || hint.toLowerCase() === t(`factors.${type}`).toLowerCase() ? null : hint;
}
