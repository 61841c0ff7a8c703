import { Check, ChevronDown } from 'lucide-react';
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';

interface ChooseProps {
  readonly label: string;
  /** Where what stands above says the same to those who see it. */
  readonly labelHidden?: boolean;
  /** What no choice is called; its value is ''. Without it, one is always chosen. */
  readonly all?: string;
  readonly options: ReadonlyArray<{ readonly id: string; readonly name: string }>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const none = 'all';

/** One of a list, or all of it where that is offered. */
export function Choose({ label, labelHidden = false, all, options, value, onChange }: ChooseProps) {
  return (
    <Select
      className="field"
      value={value === '' ? none : value}
      onChange={(key) => onChange(key === none || key === null ? '' : String(key))}
    >
      <Label className={labelHidden ? 'hidden' : 'field-label'}>{label}</Label>
      <Button className="input choose">
        <SelectValue className="choose-value" />
        <ChevronDown aria-hidden />
      </Button>
      <div className="field-message" />
      <Popover className="popover">
        <ListBox className="options">
          {[...(all === undefined ? [] : [{ id: none, name: all }]), ...options].map(({ id, name }) => (
            <ListBoxItem className="option" id={id} key={id} textValue={name}>
              <span>{name}</span>
              <Check className="option-check" aria-hidden />
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
