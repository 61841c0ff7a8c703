import { t } from '../../words/words';
import type { ConfirmationProps } from '../kinds';
import { SentCodeForm } from '../sent-code-form';

/** A code goes to the number that was entered, which is shown masked from here on. */
export function TextMessageForm(props: ConfirmationProps) {
  return <SentCodeForm {...props} lead={t('setUp.textSent', { number: props.enrolment.hint })} />;
}
