import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { refusalCode } from '../api/problem';
import type { Method } from '../api/queries';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { useFreshCodes } from '../recovery-codes/fresh-codes';
import { typedDigits } from '../words/grouping';
import { tellingHint } from '../words/hint';
import { t } from '../words/words';

interface CodeFormProps {
  readonly method: Method;
  /** Sends the answer; gives back where to go, and codes that replace a used one. */
  readonly onAnswer: (code: string) => Promise<{ readonly path: string; readonly recoveryCodes: readonly string[] }>;
  readonly onExpired: () => void;
}

/** One field for one code of one method. */
export function CodeForm({ method, onAnswer, onExpired }: CodeFormProps) {
  const recovery = method.type === 'recovery-code';
  const form = useCodeForm(recovery, onAnswer, onExpired);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('input')?.focus(), []);
  const lead = recovery ? 'recovery-code' : method.type === 'totp' ? 'totp' : 'other';
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t(`code.lead.${lead}`)}
      </Lead>
      <Form onSubmit={form.submit}>
        <div ref={box}>
          {recovery ? (
            <TextInput
              {...form.field('code')}
              kind="code"
              label={t('fields.recoveryCode')}
              hint={t('code.recoveryHint')}
              autoComplete="off"
            />
          ) : (
            <TextInput
              {...form.field('code')}
              kind="digits"
              label={t('fields.code')}
              hint={tellingHint(method) ?? undefined}
              autoComplete="one-time-code"
            />
          )}
        </div>
        <Button type="submit" look="main" pending={form.pending}>
          {t('code.submit')}
        </Button>
      </Form>
    </>
  );
}

function useCodeForm(recovery: boolean, onAnswer: CodeFormProps['onAnswer'], onExpired: () => void) {
  const navigate = useNavigate();
  const fresh = useFreshCodes();
  const complete = (code: string) => (recovery ? code.trim() !== '' : /^\d{6}$/.test(typedDigits(code)));
  return useForm({
    initial: { code: '' },
    pointers: { '/code': 'code' },
    fieldOf: {
      'code-wrong': { field: 'code' },
      'code-already-used': { field: 'code' },
      'code-expired': { field: 'code' },
    },
    check: ({ code }) =>
      complete(code) ? {} : { code: t(recovery ? 'fields.missing.recoveryCode' : 'fields.missing.code') },
    send: async ({ code }) => {
      try {
        const { path, recoveryCodes } = await onAnswer(recovery ? code.trim() : typedDigits(code));
        if (recoveryCodes.length > 0) fresh.show({ codes: recoveryCodes, then: path });
        await navigate(recoveryCodes.length > 0 ? '/recovery-codes' : path, { replace: true });
      } catch (error) {
        if (refusalCode(error) === 'not-signed-in') return onExpired();
        throw error;
      }
    },
  });
}
