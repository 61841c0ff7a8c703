import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead, Outcome } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { passwordHint } from '../practice/password-strength';
import { t } from '../words/words';

/** As long as no practice asks for more; the server says so where one does. */
const shortest = 8;

/**
 * Where somebody who was added chooses their first password. The secret of the link stands in the fragment and goes
 * nowhere until the form is sent (DESIGN §6.13).
 */
export function FirstPasswordPage() {
  const [token] = useState(() => window.location.hash.slice(1));
  const [done, setDone] = useState(false);
  if (done) return <Chosen />;
  return (
    <>
      <PageHeading>{t('firstPassword.heading')}</PageHeading>
      {token === '' ? (
        <Outcome tone="problem">{t('firstPassword.noLink')}</Outcome>
      ) : (
        <PasswordChoice token={token} onDone={() => setDone(true)} />
      )}
    </>
  );
}

function PasswordChoice({ token, onDone }: { readonly token: string; readonly onDone: () => void }) {
  const form = useForm({
    initial: { password: '' },
    pointers: { '/password': 'password' },
    fieldOf: {
      'password-too-short': { field: 'password' },
      'password-too-long': { field: 'password' },
      'password-too-common': { field: 'password' },
    },
    check: ({ password }) => (password === '' ? { password: t('fields.missing.password') } : {}),
    send: async ({ password }) => {
      await answered(api.POST('/v1/first-passwords', { body: { token, password } }));
      onDone();
    },
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('firstPassword.lead')}
      </Lead>
      <TextInput
        {...form.field('password')}
        kind="password"
        label={t('firstPassword.password')}
        hint={passwordHint(form.values.password, shortest)}
        autoComplete="new-password"
      />
      <Button type="submit" look="main" pending={form.pending}>
        {t('firstPassword.submit')}
      </Button>
    </Form>
  );
}

function Chosen() {
  return (
    <>
      <PageHeading>{t('firstPassword.doneHeading')}</PageHeading>
      <Outcome tone="done">{t('firstPassword.done')}</Outcome>
      <Link className="button button-main" to="/sign-in">
        {t('signIn.heading')}
      </Link>
    </>
  );
}
