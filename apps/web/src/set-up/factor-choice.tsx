import { ChevronRight } from 'lucide-react';
import { Button } from 'react-aria-components';
import type { Factors } from '../api/queries';
import { Lead } from '../elements/notice';
import { FactorIcon } from '../elements/factor-icon';
import { t } from '../words/words';
import type { SetUpType } from './enrolment';
import { setUpKinds } from './kinds';
import type { Start } from './use-start';

interface FactorChoiceProps {
  readonly factors: Factors;
  readonly required: boolean;
  readonly start: Start;
  readonly onChosen: (type: SetUpType) => void;
}

/** The kinds that this person can still add, in the order of the policy. */
export function offeredTo({ allowed, factors }: Factors): readonly SetUpType[] {
  const kinds = allowed.filter((type) => type !== 'recovery-code');
  return kinds.filter((kind) => !setUpKinds[kind].once || factors.every(({ type }) => type !== kind));
}

/** The first step of a set-up: which kind. */
export function FactorChoice({ factors, required, start, onChosen }: FactorChoiceProps) {
  const offered = offeredTo(factors);
  const lead = required ? 'leadRequired' : factors.factors.length > 0 ? 'leadAnother' : 'lead';
  return (
    <>
      <Lead alert={start.alert} alertRef={start.alertRef}>
        {t(offered.length > 0 ? `setUp.${lead}` : 'setUp.none')}
      </Lead>
      {offered.length > 0 && (
        <ul className="choices" aria-label={t('setUp.choose')}>
          {offered.map((type) => {
            const recommended = factors.recommended.includes(type);
            return (
              <li key={type}>
                <Button
                  className={`choice${recommended ? ' choice-main' : ''}${start.pending ? ' choice-pending' : ''}`}
                  onPress={() => onChosen(type)}
                >
                  <FactorIcon type={type} />
                  <span className="choice-words">
                    <span className="choice-name">
                      {recommended ? t('setUp.recommended', { name: t(`factors.${type}`) }) : t(`factors.${type}`)}
                    </span>
                    <span className="choice-sentence">{t(`setUp.sentences.${type}`)}</span>
                  </span>
                  <ChevronRight aria-hidden />
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
