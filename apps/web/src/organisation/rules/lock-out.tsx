import { useQuery } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { Checkbox } from 'react-aria-components';
import { TickBox } from '../../elements/ticks';
import { locale, t } from '../../words/words';
import { lockedOutQuery } from './rules-queries';
import type { Rules } from './rules';

interface LockOutProps {
  readonly organisationId: string;
  readonly version: number;
  readonly rules: Rules;
  /** Those whom the confirmation names; none while it is not given. */
  readonly accepted: readonly string[];
  readonly missing: boolean;
  readonly onAccept: (personIds: readonly string[]) => void;
}

/** The confirmation without which nobody is locked out; it names each of them (PRODUCT BX4). */
export function LockOut({ organisationId, version, rules, accepted, missing, onAccept }: LockOutProps) {
  const people = useQuery(lockedOutQuery(organisationId, version, rules));
  if (people.data === undefined) return null;
  const names = new Intl.ListFormat(locale).format(people.data.map(({ name }) => name));
  const ids = people.data.map(({ personId }) => personId);
  return (
    <>
      <Checkbox
        className="tick tick-sentence"
        isSelected={accepted.length > 0}
        isInvalid={missing}
        onChange={(ticked) => onAccept(ticked ? ids : [])}
      >
        <TickBox />
        <span>{t('review.accept', { count: ids.length, names })}</span>
      </Checkbox>
      {missing && (
        <p className="field-problem" role="alert">
          <CircleAlert aria-hidden />
          <span>{t('review.acceptMissing')}</span>
        </p>
      )}
    </>
  );
}
