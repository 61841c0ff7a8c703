import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries';
import { t } from '../words/words';
import { Button } from './button';
import { Form } from './form';
import { Lead } from './notice';
import { TextInput } from './text-input';
import { useForm } from './use-form';

interface PasswordFormProps {
  readonly lead: string;
  readonly submit: string;
  readonly look?: 'main' | 'danger';
  readonly onPassword: (password: string) => Promise<void>;
  readonly onCancel: () => void;
}

/** Asks for the password before a change, and says at the field if it is not right. */
export function PasswordForm({ lead, submit, look = 'main', onPassword, onCancel }: PasswordFormProps) {
  const me = useQuery({ ...meQuery, enabled: false });
  const form = useForm({
    initial: { password: '' },
    pointers: { '/password': 'password' },
    fieldOf: {
      'password-required': { field: 'password' },
      'invalid-credentials': { field: 'password', sentence: t('fields.wrongPassword') },
    },
    check: ({ password }) => (password === '' ? { password: t('fields.missing.password') } : {}),
    send: ({ password }) => onPassword(password),
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {lead}
      </Lead>
      {/* For password managers: whose password this is. */}
      <input
        className="hidden"
        type="text"
        autoComplete="username"
        value={me.data?.email ?? ''}
        readOnly
        tabIndex={-1}
        aria-hidden
      />
      <TextInput
        {...form.field('password')}
        kind="password"
        label={t('fields.password')}
        autoComplete="current-password"
      />
      <div className="form-actions">
        <Button type="submit" look={look} pending={form.pending}>
          {submit}
        </Button>
        <Button onPress={onCancel}>{t('actions.cancel')}</Button>
      </div>
    </Form>
  );
}
