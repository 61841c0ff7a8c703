import { Check, ChevronsUpDown } from 'lucide-react';
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { t } from '../words/words';
import type { Organisation } from './sections';

interface OrganisationSwitcherProps {
  readonly organisations: readonly Organisation[];
  readonly current: Organisation;
  readonly onSwitch: (organisation: Organisation) => void;
}

/** Picks one of several practices (PRODUCT HC7); where there is one, its name alone. */
export function OrganisationSwitcher({ organisations, current, onSwitch }: OrganisationSwitcherProps) {
  if (organisations.length < 2) return <>{current.name}</>;
  return (
    <Select
      className="switcher"
      value={current.organisationId}
      onChange={(key) => {
        const chosen = organisations.find(({ organisationId }) => organisationId === key);
        if (chosen !== undefined) onSwitch(chosen);
      }}
    >
      <Label className="hidden">{t('frame.switcher')}</Label>
      <Button className="switcher-button">
        <SelectValue className="choose-value" />
        <ChevronsUpDown aria-hidden />
      </Button>
      <Popover className="popover">
        <ListBox className="options">
          {organisations.map(({ organisationId, name }) => (
            <ListBoxItem className="option" id={organisationId} key={organisationId} textValue={name}>
              <span>{name}</span>
              <Check className="option-check" aria-hidden />
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
