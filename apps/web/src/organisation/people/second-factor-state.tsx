import { ShieldAlert, ShieldCheck, ShieldEllipsis } from 'lucide-react';
import type { SecondFactorState } from '../../api/queries';
import { t } from '../../words/words';

const icons = { complete: ShieldCheck, incomplete: ShieldEllipsis, none: ShieldAlert };

/** How far someone is with two-factor authentication, by icon and word. */
export function SecondFactorMark({ state }: { readonly state: SecondFactorState }) {
  const Icon = icons[state];
  return (
    <span className={`mark-state mark-${state}`}>
      <Icon aria-hidden />
      {t(`people.secondFactor.${state}`)}
    </span>
  );
}
