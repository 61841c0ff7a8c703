import { Checkbox, CheckboxGroup } from 'react-aria-components';

interface TicksProps<Value extends string> {
  /** The id of what names the group. */
  readonly labelledBy: string;
  readonly options: ReadonlyArray<{ readonly id: Value; readonly name: string }>;
  readonly value: readonly Value[];
  readonly onChange: (value: Value[]) => void;
}

/** Any number of a few; what is ticked keeps the order of the options. */
export function Ticks<Value extends string>({ labelledBy, options, value, onChange }: TicksProps<Value>) {
  return (
    <CheckboxGroup
      className="ticks"
      aria-labelledby={labelledBy}
      value={[...value]}
      onChange={(ticked) => onChange(options.map(({ id }) => id).filter((id) => ticked.includes(id)))}
    >
      {options.map(({ id, name }) => (
        <Checkbox className="tick" value={id} key={id}>
          <TickBox />
          {name}
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}

/** The box of a tick; drawn, so that it looks the same everywhere. */
export function TickBox() {
  return (
    <span className="tick-box" aria-hidden="true">
      <svg viewBox="0 0 20 20" focusable="false">
        <path d="m4.5 10.5 3.6 3.6 7.4-8" />
      </svg>
    </span>
  );
}
