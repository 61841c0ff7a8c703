import { Radio, RadioGroup } from 'react-aria-components';

interface RadiosProps<Value extends string> {
  /** The id of what names the group. */
  readonly labelledBy: string;
  readonly options: ReadonlyArray<{ readonly id: Value; readonly name: string; readonly sentence?: string }>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of a few that are all shown. */
export function Radios<Value extends string>({ labelledBy, options, value, onChange }: RadiosProps<Value>) {
  return (
    <RadioGroup
      className="presets"
      aria-labelledby={labelledBy}
      value={value}
      onChange={(chosen) => {
        const option = options.find(({ id }) => id === chosen);
        if (option !== undefined) onChange(option.id);
      }}
    >
      {options.map(({ id, name, sentence }) => (
        <Radio className="preset" value={id} key={id}>
          <span className="preset-dot" aria-hidden="true" />
          <span className="choice-words">
            <span className="choice-name">{name}</span>
            {sentence !== undefined && <span className="choice-sentence">{sentence}</span>}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
