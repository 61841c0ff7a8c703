import { useState } from 'react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { Button } from '../elements/button';
import { CopyButton } from '../elements/copy-button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { Question } from '../elements/question';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { endingTheSession } from '../security/ending-the-session';
import { t } from '../words/words';

interface AddSupportProps {
  readonly onDone: (sentence: string) => Promise<void>;
  readonly onClose: () => void;
}

interface NewColleague {
  readonly name: string;
  readonly password: string;
}

/** Takes someone into support. Of somebody new the first password is shown, once, and closing is the only way on. */
export function AddSupport({ onDone, onClose }: AddSupportProps) {
  const [shown, setShown] = useState<NewColleague | null>(null);
  if (shown === null) {
    return (
      <Question heading={t('installation.staff.add')} open onClose={onClose}>
        <AddSupportForm onNew={setShown} onDone={onDone} onClose={onClose} />
      </Question>
    );
  }
  const { name, password } = shown;
  const close = () => void onDone(t('installation.staff.addedNew', { name }));
  return (
    <Question heading={t('installation.staff.passwordHeading', { name })} open onClose={close}>
      <div className="lead">
        <p>{t('installation.staff.passwordSentence', { name })}</p>
      </div>
      <code className="key" translate="no">
        {password}
      </code>
      <div className="form-actions">
        <CopyButton text={password}>{t('installation.staff.copy')}</CopyButton>
        <Button look="main" onPress={close}>
          {t('installation.staff.noted')}
        </Button>
      </div>
    </Question>
  );
}

interface AddSupportFormProps extends AddSupportProps {
  readonly onNew: (colleague: NewColleague) => void;
}

function AddSupportForm({ onNew, onDone, onClose }: AddSupportFormProps) {
  const form = useForm({
    initial: { name: '', email: '' },
    pointers: { '/name': 'name', '/email': 'email' },
    check: ({ name, email }) => ({
      ...(name.trim() === '' ? { name: t('people.missingName') } : {}),
      ...(email.trim() === '' ? { email: t('people.missingEmail') } : {}),
    }),
    send: async ({ name, email }) => {
      const { password } = await endingTheSession(answered(api.POST('/v1/support-staff', { body: { name, email } })));
      if (password !== undefined) return onNew({ name, password });
      await onDone(t('installation.staff.added', { email }));
    },
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('installation.staff.addLead')}
      </Lead>
      <TextInput {...form.field('name')} label={t('people.columns.name')} autoComplete="off" />
      <TextInput {...form.field('email')} kind="email" label={t('fields.email')} autoComplete="off" />
      <div className="form-actions">
        <Button type="submit" look="main" pending={form.pending}>
          {t('people.addSubmit')}
        </Button>
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </Form>
  );
}
