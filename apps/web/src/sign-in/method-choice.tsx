import { ChevronRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import type { Method } from '../api/queries';
import { FactorIcon } from '../elements/factor-icon';
import { tellingHint } from '../words/hint';
import { t } from '../words/words';

interface MethodChoiceProps {
  readonly methods: readonly Method[];
  readonly onChoose: (method: Method) => void;
}

/** Every way in that this person has, the default first. */
export function MethodChoice({ methods, onChoose }: MethodChoiceProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => list.current?.querySelector('button')?.focus(), []);
  return (
    <>
      <div className="lead">
        <p>{t('code.lead.choose')}</p>
      </div>
      <ul className="choices" aria-label={t('code.methods')} ref={list}>
        {methods.map((method) => (
          <li key={method.credentialId}>
            <Button className="choice" onPress={() => onChoose(method)}>
              <FactorIcon type={method.type} />
              <span className="choice-words">
                <span className="choice-name">{t(`factors.${method.type}`)}</span>
                <span className="choice-sentence">{tellingHint(method)}</span>
              </span>
              <ChevronRight aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
