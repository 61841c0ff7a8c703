import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { SendAgain } from '../elements/send-again';
import { TextInput } from '../elements/text-input';
import { t } from '../words/words';
import { resendCode } from './enrolment';
import type { ConfirmationProps } from './kinds';
import { Over } from './over';
import { useCodeConfirmation } from './use-confirmation';

interface SentCodeFormProps extends ConfirmationProps {
  /** Says where the code went. */
  readonly lead: string;
}

/** A code was sent somewhere, and comes back from there. */
export function SentCodeForm({ enrolment, lead, onAgain }: SentCodeFormProps) {
  const { over, ...form } = useCodeConfirmation(enrolment);
  if (over) return <Over onAgain={onAgain} />;
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {lead}
      </Lead>
      <Form onSubmit={form.submit}>
        <TextInput {...form.field('code')} kind="digits" label={t('fields.code')} autoComplete="one-time-code" />
        <Button type="submit" look="main" pending={form.pending}>
          {t('setUp.submit')}
        </Button>
      </Form>
      <SendAgain
        resendAt={enrolment.resendAt ?? new Date().toISOString()}
        delivery={enrolment.delivery ?? 'sent'}
        onAgain={() => resendCode(enrolment)}
      />
    </>
  );
}
