import { Button } from '../../elements/button';
import { Form } from '../../elements/form';
import { Lead } from '../../elements/notice';
import { TextInput } from '../../elements/text-input';
import { useForm } from '../../elements/use-form';
import { passkeysWork } from '../../passkeys/ceremonies';
import { deviceInWords } from '../../words/device';
import { t } from '../../words/words';
import type { DetailsProps } from '../kinds';

/** Asks what the new passkey is to be called (PRODUCT HT3). */
export function PasskeyName({ onDetails }: DetailsProps) {
  const form = useForm({
    initial: { name: deviceInWords(navigator.userAgent) },
    pointers: { '/name': 'name' },
    check: ({ name }) => (name.trim() === '' ? { name: t('fields.missing.passkeyName') } : {}),
    send: async ({ name }, complain) =>
      passkeysWork() ? onDetails({ name: name.trim() }) : complain(t('passkeys.unsupported')),
  });
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('setUp.passkeyLead')}
      </Lead>
      <Form onSubmit={form.submit}>
        <TextInput
          {...form.field('name')}
          label={t('fields.passkeyName')}
          hint={t('setUp.passkeyNameHint')}
          autoComplete="off"
        />
        <Button type="submit" look="main" pending={form.pending}>
          {t('code.submit')}
        </Button>
      </Form>
    </>
  );
}
