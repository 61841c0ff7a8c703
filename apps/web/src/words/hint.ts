import type { FactorType } from '../api/queries';
import { t } from './words';

/** What tells one factor from another, such as a masked number; null where it only repeats what stands beside it. */
export function tellingHint(
  { type, hint }: { readonly type: FactorType; readonly hint: string },
  beside: string = t(`factors.${type}`),
): string | null {
  return hint === '' || hint.toLowerCase() === beside.toLowerCase() ? null : hint;
}
