import { useState } from 'react';
import { Label, TextArea, TextField } from 'react-aria-components';
import { t } from '../../words/words';

interface NamesProps {
  readonly describedBy: string;
  readonly names: readonly string[];
  readonly onChange: (names: string[]) => void;
}

/** The names in a text, however they are parted; each once. */
const namesIn = (text: string): string[] =>
  [...new Set(text.toLowerCase().split(/[\s,;@]+/u))].filter((name) => name !== '');

/** Names, one a line; what was typed stays as it is while it says the same. */
export function Names({ describedBy, names, onChange }: NamesProps) {
  const [typed, setTyped] = useState(() => names.join('\n'));
  const isTyped = JSON.stringify(namesIn(typed)) === JSON.stringify(names);
  const change = (text: string) => {
    setTyped(text);
    onChange(namesIn(text));
  };
  return (
    <TextField
      className="field"
      value={isTyped ? typed : names.join('\n')}
      onChange={change}
      aria-describedby={describedBy}
    >
      <Label className="field-label">{t('rules.names')}</Label>
      <TextArea className="input lines" rows={6} spellCheck="false" autoCapitalize="none" />
    </TextField>
  );
}
