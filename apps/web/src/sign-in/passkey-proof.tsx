import { KeyRound } from 'lucide-react';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { useForm } from '../elements/use-form';
import { PasskeyTrouble, passkeysWork, provePasskey } from '../passkeys/ceremonies';
import { passkeyRefusal } from '../passkeys/refusals';
import { t } from '../words/words';
import type { MethodFormProps } from './method-form';

/** Has the browser sign with a passkey; by a button, since browsers want to see that someone is there (PRODUCT HT1). */
export function PasskeyProof({ method, challenges, onAnswer }: MethodFormProps) {
  const form = useForm({
    initial: {},
    check: () => ({}),
    send: async (_, complain) => {
      if (!passkeysWork()) return complain(t('passkeys.unsupported'));
      try {
        const challenge = await challenges.of(method);
        await onAnswer(method, { assertion: await provePasskey(challenge['publicKey']) });
      } catch (error) {
        const said =
          error instanceof PasskeyTrouble ? t(`passkeys.proving.${error.reason}`) : passkeyRefusal(error, 'proving');
        if (said === null) throw error;
        complain(said);
      }
    },
  });
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('code.lead.webauthn')}
      </Lead>
      <Form onSubmit={form.submit}>
        <Button type="submit" look="main" pending={form.pending}>
          <KeyRound aria-hidden />
          {t('code.usePasskey')}
        </Button>
      </Form>
    </>
  );
}
