import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../words/words';
import { Button } from './button';

type State = 'ready' | 'copied' | 'failed';

/** Copies a text, and says whether that worked. */
export function CopyButton({ text, children }: { readonly text: string; readonly children: string }) {
  const [state, setState] = useState<State>('ready');
  useEffect(() => {
    if (state !== 'copied') return;
    const timer = setTimeout(() => setState('ready'), 4000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  return (
    <span className="copy">
      <Button onPress={() => void copy()}>
        {state === 'copied' ? <Check aria-hidden /> : <Copy aria-hidden />}
        {state === 'copied' ? t('actions.copied') : children}
      </Button>
      <span className="copy-failed" role="status">
        {state === 'failed' ? t('actions.copyFailed') : ''}
      </span>
    </span>
  );
}
