import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode, Ref } from 'react';

const icons = { problem: CircleAlert, done: CircleCheck, note: Info };

export interface NoticeProps {
  readonly tone: keyof typeof icons;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLDivElement>;
}

/** A sentence that people must not miss: an icon and words, never colour alone. */
export function Notice({ tone, children, ref }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={`notice notice-${tone}`} role={tone === 'problem' ? 'alert' : 'status'} tabIndex={-1} ref={ref}>
      <Icon aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** The same in the place of the line under a heading, where it is all that there is to say. */
export function Outcome({ tone, children }: Pick<NoticeProps, 'tone' | 'children'>) {
  return (
    <div className="outcome">
      <Notice tone={tone}>{children}</Notice>
    </div>
  );
}

interface LeadProps {
  readonly children: ReactNode;
  readonly alert: string | null;
  readonly alertRef: Ref<HTMLDivElement>;
}

/** The line under a heading; what goes wrong with the whole form is said in its place, so that nothing moves. */
export function Lead({ children, alert, alertRef }: LeadProps) {
  return (
    <div className="lead">
      {alert === null ? (
        <p>{children}</p>
      ) : (
        <Notice tone="problem" ref={alertRef}>
          {alert}
        </Notice>
      )}
    </div>
  );
}
