import { CircleAlert, Plus, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { Factor, Factors } from '../api/queries';
import { Button } from '../elements/button';
import { Instant } from '../elements/instant';
import { Notice } from '../elements/notice';
import { offeredTo } from '../set-up/factor-choice';
import { FactorIcon } from '../elements/factor-icon';
import { tellingHint } from '../words/hint';
import { t } from '../words/words';
import { RemoveFactor } from './remove-factor';
import { RoleButtons, useRoles } from './roles';

interface FactorListProps {
  readonly factors: Factors;
  readonly onDone: (sentence: string) => void;
}

/** Whether two-factor authentication is on, the factors that make it so, and a way to add one. */
export function FactorList({ factors: all, onDone }: FactorListProps) {
  const { factors, setUp } = all;
  const roles = useRoles(all, onDone);
  const [removing, setRemoving] = useState<Factor | null>(null);
  const offered = offeredTo(all).length > 0;
  return (
    <>
      <State on={factors.some(({ status }) => status === 'active')} offered={offered} />
      {roles.problem !== null && <Notice tone="problem">{roles.problem}</Notice>}
      {factors.length > 0 && (
        <ul className="cards">
          {factors.map((factor) => (
            <FactorCard key={factor.credentialId} factor={factor} onRemove={() => setRemoving(factor)}>
              <RoleButtons factor={factor} roles={roles} />
            </FactorCard>
          ))}
        </ul>
      )}
      {factors.length > 0 &&
        setUp.missing.map((missing) => (
          <p className="hint-line" key={missing}>
            <CircleAlert aria-hidden />
            {t(`security.missing.${missing}`)}
          </p>
        ))}
      {offered && (
        <Link className={factors.length === 0 ? 'button button-main' : 'button button-quiet'} to="/set-up">
          <Plus aria-hidden />
          {t(factors.length === 0 ? 'security.addFirst' : 'security.addAnother')}
        </Link>
      )}
      <RemoveFactor factor={removing} last={factors.length === 1} onClose={() => setRemoving(null)} onDone={onDone} />
    </>
  );
}

function State({ on, offered }: { readonly on: boolean; readonly offered: boolean }) {
  const Icon = on ? ShieldCheck : ShieldAlert;
  const sentence = on ? 'onSentence' : offered ? 'offSentence' : 'noneOffered';
  return (
    <p className={on ? 'state state-on' : 'state state-off'}>
      <Icon aria-hidden />
      <strong>{t(on ? 'security.on' : 'security.off')}</strong>
      <span>{t(`security.${sentence}`)}</span>
    </p>
  );
}

interface FactorCardProps {
  readonly factor: Factor;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}

function FactorCard({ factor, onRemove, children }: FactorCardProps) {
  return (
    <li className="card">
      <FactorIcon type={factor.type} />
      <div className="card-words">
        <h3 className="card-name">
          {factor.name}
          {factor.role !== null && <span className="tag tag-role">{t(`security.roles.${factor.role}`)}</span>}
        </h3>
        <p>{tellingHint(factor, factor.name)}</p>
        {factor.status === 'disabled' && (
          <p className="field-problem">
            <CircleAlert aria-hidden />
            {t('security.disabled')}
          </p>
        )}
        <dl className="facts">
          <div>
            <dt>{t('security.added')}</dt>
            <dd>
              <Instant at={factor.addedAt} />
            </dd>
          </div>
          <div>
            <dt>{t('security.lastUsed')}</dt>
            <dd>{factor.lastUsedAt === null ? t('security.neverUsed') : <Instant at={factor.lastUsedAt} />}</dd>
          </div>
        </dl>
      </div>
      <div className="card-actions">
        {children}
        <Button label={t('security.removeNamed', { name: factor.name })} onPress={onRemove}>
          {t('security.remove')}
        </Button>
      </div>
    </li>
  );
}
