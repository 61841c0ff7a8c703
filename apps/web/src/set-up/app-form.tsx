import { useNavigate } from 'react-router';
import { refusalCode } from '../api/problem';
import { arrive, leave } from '../api/query-client';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { CopyButton } from '../elements/copy-button';
import { Lead } from '../elements/notice';
import { QrCode } from '../elements/qr-code';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { useFreshCodes } from '../recovery-codes/fresh-codes';
import { pathAfter } from '../sign-in/arrival';
import { groupedKey, typedDigits } from '../words/grouping';
import { t } from '../words/words';
import { confirmEnrolment, type Enrolment } from './enrolment';
import { WayOut } from './factor-choice';

interface AppFormProps {
  readonly enrolment: Enrolment;
  readonly required: boolean;
  readonly onAgain: () => void;
}

/** The second step: the key goes into the app, the app's first code comes back. */
export function AppForm({ enrolment, required, onAgain }: AppFormProps) {
  const { over, ...form } = useConfirmation(enrolment);
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('setUp.scan')}. {t('setUp.scanSentence')}
      </Lead>
      {over ? (
        <Button look="main" onPress={onAgain}>
          {t('setUp.another')}
        </Button>
      ) : (
        <>
          <div className="scan">
            <QrCode text={enrolment.uri} name={t('setUp.qr')} />
            <div className="scan-key">
              <h2 className="scan-heading">{t('setUp.cannotScan')}</h2>
              <code className="key" translate="no">
                {groupedKey(enrolment.secret)}
              </code>
              <CopyButton text={enrolment.secret}>{t('setUp.copyKey')}</CopyButton>
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
            <div className="form-actions">
              <Button type="submit" look="main" pending={form.pending}>
                {t('setUp.submit')}
              </Button>
            </div>
          </Form>
        </>
      )}
      <WayOut required={required} some={false} />
    </>
  );
}

/** Codes after which this enrolment takes no further code. */
const ends = ['code-expired', 'enrolment-closed', 'too-many-attempts', 'not-found'] as const;

function useConfirmation({ enrolmentId }: Enrolment) {
  const navigate = useNavigate();
  const fresh = useFreshCodes();
  const form = useForm({
    initial: { code: '' },
    pointers: { '/code': 'code' },
    fieldOf: { 'code-wrong': { field: 'code' }, 'code-already-used': { field: 'code' } },
    check: ({ code }) => (/^\d{6}$/.test(typedDigits(code)) ? {} : { code: t('fields.missing.code') }),
    send: async ({ code }, complain) => {
      try {
        const { recoveryCodes, next } = await confirmEnrolment(enrolmentId, typedDigits(code));
        // Without `next` it was done from inside the account: back to where factors are listed.
        const then = next === undefined ? '/security' : await pathAfter(next, null);
        if (next === undefined) await arrive();
        if (recoveryCodes === undefined) return await navigate(then, { replace: true });
        fresh.show({ codes: recoveryCodes, then });
        await navigate('/recovery-codes', { replace: true });
      } catch (error) {
        const code = refusalCode(error);
        if (code === 'not-signed-in') return leave('ended');
        if (ends.some((end) => end === code)) return complain(t('setUp.closed'));
        throw error;
      }
    },
  });
  return { ...form, over: form.alert === t('setUp.closed') };
}
