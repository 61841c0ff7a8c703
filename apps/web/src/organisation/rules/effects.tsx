import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../elements/button';
import { Reading } from '../../elements/reading';
import { t } from '../../words/words';
import type { Rules } from './rules';
import { forecastPeopleQuery, type ForecastList } from './rules-queries';

export interface Counts {
  readonly people: number;
  readonly setUp: number;
  readonly losesMethod: number;
  readonly lockedOut: number;
}

interface EffectsProps {
  readonly organisationId: string;
  readonly version: number;
  readonly rules: Rules;
  readonly counts: Counts;
}

const lists = [
  ['set-up', 'setUp'],
  ['loses-method', 'losesMethod'],
  ['locked-out', 'lockedOut'],
] as const satisfies readonly (readonly [ForecastList, keyof Counts])[];

/** What rules would do to people, in numbers and down to their names (PRODUCT BX4). */
export function Effects({ counts, ...asked }: EffectsProps) {
  const some = lists.filter(([, count]) => counts[count] > 0);
  return (
    <>
      <h3 className="review-heading">{t('review.effects', { count: counts.people })}</h3>
      {some.length === 0 && <p>{t('review.nothing')}</p>}
      <ul className="effects">
        {some.map(([list, count]) => (
          <li className={`effect effect-${list}`} key={list}>
            <Affected {...asked} list={list} sentence={t(`review.${count}`, { count: counts[count] })} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface AffectedProps extends Omit<EffectsProps, 'counts'> {
  readonly list: ForecastList;
  readonly sentence: string;
}

function Affected({ sentence, ...asked }: AffectedProps) {
  const [shown, setShown] = useState(asked.list === 'locked-out');
  return (
    <>
      <p>{sentence}</p>
      <Button
        look="plain"
        label={`${t(shown ? 'review.hide' : 'review.show')}: ${sentence}`}
        onPress={() => setShown(!shown)}
      >
        {t(shown ? 'review.hide' : 'review.show')}
      </Button>
      {shown && <Names {...asked} />}
    </>
  );
}

function Names({ organisationId, version, rules, list }: Omit<AffectedProps, 'sentence'>) {
  const people = useInfiniteQuery(forecastPeopleQuery(organisationId, version, rules, list));
  return (
    <Reading query={people} lines={2}>
      {({ pages }) => (
        <>
          <ul className="affected">
            {pages
              .flatMap((page) => page.people)
              .map(({ personId, name, emailHint, loses }) => (
                <li key={personId}>
                  {name} <span className="people-email">{emailHint}</span>
                  {list === 'loses-method' && (
                    <> {t('review.loses', { methods: loses.map((type) => t(`factors.${type}`)).join(', ') })}</>
                  )}
                </li>
              ))}
          </ul>
          {people.hasNextPage && (
            <Button pending={people.isFetchingNextPage} onPress={() => void people.fetchNextPage()}>
              {t('people.more')}
            </Button>
          )}
        </>
      )}
    </Reading>
  );
}
