import { KeyRound } from 'lucide-react';
import { Button } from '../../elements/button';
import { Form } from '../../elements/form';
import { Lead } from '../../elements/notice';
import { useForm } from '../../elements/use-form';
import { createPasskey, PasskeyTrouble } from '../../passkeys/ceremonies';
import { passkeyRefusal } from '../../passkeys/refusals';
import { t } from '../../words/words';
import type { ConfirmationProps } from '../kinds';
import { Over } from '../over';
import { useConfirm } from '../use-confirmation';

/** Has the browser make a passkey; by a button, since browsers want to see that someone is there. */
export function PasskeyForm({ enrolment, onAgain }: ConfirmationProps) {
  const { over, confirm } = useConfirm(enrolment);
  const form = useForm({
    initial: {},
    check: () => ({}),
    send: async (_, complain) => {
      try {
        await confirm({ attestation: await createPasskey(enrolment.shown['publicKey']) });
      } catch (error) {
        const said =
          error instanceof PasskeyTrouble ? t(`passkeys.creating.${error.reason}`) : passkeyRefusal(error, 'creating');
        if (said === null) throw error;
        complain(said);
      }
    },
  });
  if (over) return <Over onAgain={onAgain} />;
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('setUp.passkeyCreateLead')}
      </Lead>
      <Form onSubmit={form.submit}>
        <Button type="submit" look="main" pending={form.pending}>
          <KeyRound aria-hidden />
          {t('setUp.passkeyCreate')}
        </Button>
      </Form>
    </>
  );
}
