import { Button } from '../../elements/button';
import { CopyButton } from '../../elements/copy-button';
import { Form } from '../../elements/form';
import { Lead } from '../../elements/notice';
import { QrCode } from '../../elements/qr-code';
import { TextInput } from '../../elements/text-input';
import { groupedKey } from '../../words/grouping';
import { t } from '../../words/words';
import type { ConfirmationProps } from '../kinds';
import { Over } from '../over';
import { useCodeConfirmation } from '../use-confirmation';

/** The key goes into the app, the app's first code comes back. */
export function AppForm({ enrolment, onAgain }: ConfirmationProps) {
  const { over, ...form } = useCodeConfirmation(enrolment);
  const { secret, uri } = enrolment.shown as { readonly secret?: unknown; readonly uri?: unknown };
  if (typeof secret !== 'string' || typeof uri !== 'string') throw new Error('an enrolment of totp has secret and uri');
  if (over) return <Over onAgain={onAgain} />;
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('setUp.scan')}. {t('setUp.scanSentence')}
      </Lead>
      <div className="scan">
        <QrCode text={uri} name={t('setUp.qr')} />
        <div className="scan-key">
          <h2 className="scan-heading">{t('setUp.cannotScan')}</h2>
          <code className="key" translate="no">
            {groupedKey(secret)}
          </code>
          <CopyButton text={secret}>{t('setUp.copyKey')}</CopyButton>
        </div>
      </div>
      <Form onSubmit={form.submit}>
        <TextInput
          {...form.field('code')}
          kind="digits"
          label={t('fields.code')}
          hint={t('setUp.codeSentence')}
          autoComplete="one-time-code"
        />
        <Button type="submit" look="main" pending={form.pending}>
          {t('setUp.submit')}
        </Button>
      </Form>
    </>
  );
}
