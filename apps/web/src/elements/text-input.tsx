import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import { useState, type ReactNode, type RefCallback } from 'react';
import { FieldError, Input, Label, Text, TextField, ToggleButton } from 'react-aria-components';
import { groupedDigits } from '../words/grouping';
import { t } from '../words/words';

export interface TextInputProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The problem in words; null while there is none. Its line is kept free either way, so nothing jumps. */
  readonly problem: string | null;
  readonly inputRef: RefCallback<HTMLInputElement>;
  readonly kind?: 'text' | 'email' | 'password' | 'digits' | 'code' | 'date' | 'telephone';
  readonly autoComplete: string;
  readonly hint?: ReactNode;
}

const modes = {
  text: { type: 'text' },
  email: { type: 'email', inputMode: 'email', spellCheck: 'false', autoCapitalize: 'none' },
  password: { type: 'password', spellCheck: 'false', autoCapitalize: 'none' },
  digits: { type: 'text', inputMode: 'numeric', spellCheck: 'false' },
  code: { type: 'text', spellCheck: 'false', autoCapitalize: 'none' },
  date: { type: 'date' },
  telephone: { type: 'tel', inputMode: 'tel' },
} as const;

/** Groups the digits while they are typed at the end; a correction in the middle is left where the cursor is. */
function asTyped(typed: string): string {
  const { activeElement } = document;
  const atEnd = !(activeElement instanceof HTMLInputElement) || activeElement.selectionStart === typed.length;
  return atEnd ? groupedDigits(typed) : typed;
}

/** A labelled line of text with its hint and, at the field, what is wrong with it. */
export function TextInput(props: TextInputProps) {
  const { label, name, value, onChange, problem, inputRef, kind = 'text', autoComplete, hint } = props;
  const [shown, setShown] = useState(false);
  const mode = modes[kind];
  return (
    <TextField
      className={`field field-${kind}`}
      name={name}
      value={value}
      onChange={kind === 'digits' ? (typed) => onChange(asTyped(typed)) : onChange}
      isInvalid={problem !== null}
      validationBehavior="aria"
      autoComplete={autoComplete}
      {...mode}
      {...(kind === 'password' && shown ? { type: 'text' as const } : {})}
    >
      <Label className="field-label">{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <div className="field-box">
        <Input className="input" ref={inputRef} />
        {kind === 'password' && (
          <ToggleButton
            className="field-toggle"
            isSelected={shown}
            onChange={setShown}
            aria-label={t('actions.showPassword')}
          >
            {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </ToggleButton>
        )}
      </div>
      <div className="field-message">
        <FieldError className="field-problem">
          <CircleAlert aria-hidden />
          <span>{problem}</span>
        </FieldError>
      </div>
    </TextField>
  );
}
