import { LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { t } from '../words/words';

export interface ButtonProps {
  readonly children: ReactNode;
  /** One main action a page; the rest is quiet. */
  readonly look?: 'main' | 'quiet' | 'danger' | 'plain';
  readonly type?: 'button' | 'submit';
  readonly pending?: boolean;
  /** What a screen reader says where the visible words need more context. Begins with the visible words. */
  readonly label?: string;
  readonly onPress?: () => void;
}

/**
 * A button that keeps its place, its width and its focus while its action runs. It does not guard the action itself
 * (useAction does), and leaves react-aria's own pending state alone, which announces a button that may be gone by then.
 */
export function Button({ children, look = 'quiet', type = 'button', pending = false, label, onPress }: ButtonProps) {
  return (
    <AriaButton
      className={`button button-${look}${pending ? ' button-pending' : ''}`}
      type={type}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(onPress === undefined ? {} : { onPress })}
    >
      <span className="button-words">{children}</span>
      {pending && (
        <LoaderCircle className="button-wait" role="img" aria-hidden={false} aria-label={t('actions.working')} />
      )}
    </AriaButton>
  );
}
