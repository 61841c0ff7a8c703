import { t } from '../../words/words';
import type { ConfirmationProps } from '../kinds';
import { SentCodeForm } from '../sent-code-form';

/** A code goes to the person's own address, which is shown masked and never typed (PRODUCT HC2, HC3). */
export function EmailForm(props: ConfirmationProps) {
  return <SentCodeForm {...props} lead={t('setUp.emailSent', { address: props.enrolment.hint })} />;
}
