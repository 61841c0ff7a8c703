import type { PolicyView } from '../../api/queries';
import { OnOff } from '../../elements/on-off';
import { t } from '../../words/words';
import { settingId } from './setting';

interface EnforcementProps {
  readonly told: PolicyView['settings'][number] | undefined;
  /** As it stands; the switch moves when it is done. */
  readonly on: boolean;
  readonly onSwitch: (on: boolean) => void;
}

/** *Enforce Two-Factor Authentication*, above all other rules (PRODUCT HC7). */
export function Enforcement({ told, on, onSwitch }: EnforcementProps) {
  if (told === undefined) return null;
  const id = settingId('enforced');
  const [labelledBy, describedBy] = [`${id}-label`, `${id}-sentence`];
  return (
    <section className="enforcement" id={id} aria-labelledby={labelledBy} tabIndex={-1}>
      <div>
        <h2 id={labelledBy}>{told.label}</h2>
        <p className="setting-sentence" id={describedBy}>
          {t(on ? 'rules.enforceOn' : 'rules.enforceOff')}{' '}
          {told.clause !== null && <span className="clause">{t('rules.clause', { clause: told.clause })}.</span>}
        </p>
      </div>
      <OnOff labelledBy={labelledBy} describedBy={describedBy} on={on} onChange={onSwitch} />
    </section>
  );
}
