import { useEffect, useRef } from 'react';
import type { Method } from '../api/queries';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { typedDigits } from '../words/grouping';
import { tellingHint } from '../words/hint';
import { t } from '../words/words';
import { isSent } from './challenges';
import type { MethodFormProps } from './method-form';

/** One field for one code of one method. */
export function CodeForm({ method, onAnswer }: Omit<MethodFormProps, 'challenges'>) {
  const recovery = method.type === 'recovery-code';
  const form = useCodeForm(method, onAnswer);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('input')?.focus(), []);
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t(`code.lead.${method.type}`, { hint: method.hint })}
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
              hint={method.type === 'totp' ? (tellingHint(method) ?? undefined) : undefined}
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

function useCodeForm(method: Method, onAnswer: MethodFormProps['onAnswer']) {
  const recovery = method.type === 'recovery-code';
  const complete = (code: string) => (recovery ? code.trim() !== '' : /^\d{6}$/.test(typedDigits(code)));
  return useForm({
    initial: { code: '' },
    pointers: { '/code': 'code' },
    fieldOf: {
      'code-wrong': { field: 'code' },
      'code-already-used': { field: 'code' },
      'code-expired': { field: 'code', ...(isSent(method) ? { sentence: t('code.sentExpired') } : {}) },
    },
    check: ({ code }) =>
      complete(code) ? {} : { code: t(recovery ? 'fields.missing.recoveryCode' : 'fields.missing.code') },
    send: ({ code }) => onAnswer(method, { code: recovery ? code.trim() : typedDigits(code) }),
  });
}
