import { Switch } from 'react-aria-components';
import { t } from '../words/words';

interface OnOffProps {
  /** The id of what names the switch. */
  readonly labelledBy: string;
  readonly describedBy: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

/** A switch that also says in a word how it stands. */
export function OnOff({ labelledBy, describedBy, on, onChange }: OnOffProps) {
  return (
    <Switch
      className="switch"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      isSelected={on}
      onChange={onChange}
    >
      <span className="switch-track" aria-hidden="true" />
      {t(on ? 'rules.on' : 'rules.off')}
    </Switch>
  );
}
