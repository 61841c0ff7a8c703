import type { FormEvent, ReactNode } from 'react';
import { Form as AriaForm } from 'react-aria-components';

interface FormProps {
  readonly onSubmit: (event: FormEvent) => void;
  readonly children: ReactNode;
}

/** A form whose problems are said by the page, at the fields and in its own words, never by the browser's bubbles. */
export function Form({ onSubmit, children }: FormProps) {
  return (
    <AriaForm className="form" validationBehavior="aria" onSubmit={onSubmit}>
      {children}
    </AriaForm>
  );
}
