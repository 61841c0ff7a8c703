import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, Navigate, useLocation, useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { installationQuery, visitorQuery } from '../api/queries';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead, Notice } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { t } from '../words/words';
import { arrivalOf, pathAfter } from './arrival';
import { signInProgress } from './progress';

/** Email and password: the first step of every sign-in. */
export function SignInPage() {
  const visitor = useQuery(visitorQuery);
  const arrival = arrivalOf(useLocation());
  const installation = useQuery(installationQuery);
  const form = useSignInForm(arrival.email ?? '', arrival.returnTo);
  if (visitor.data?.state === 'signed-in' && !form.pending && !form.leaving) return <Navigate to="/security" replace />;
  return (
    <>
      <PageHeading>{t('signIn.heading')}</PageHeading>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {arrival.because === null ? t('signIn.lead') : <Reason because={arrival.because} />}
      </Lead>
      <Form onSubmit={form.submit}>
        <TextInput {...form.field('email')} kind="email" label={t('fields.email')} autoComplete="username" />
        <TextInput
          {...form.field('password')}
          kind="password"
          label={t('fields.password')}
          autoComplete="current-password"
        />
        <Button type="submit" look="main" pending={form.pending}>
          {t('signIn.submit')}
        </Button>
      </Form>
      <p className="aside">
        {installation.data?.registration === 'open' && (
          <>
            {t('signIn.createLead')} <Link to="/create-practice">{t('signIn.create')}</Link>
          </>
        )}
      </p>
    </>
  );
}

function Reason({ because }: { readonly because: NonNullable<ReturnType<typeof arrivalOf>['because']> }) {
  const done = because === 'signed-out' || because === 'created';
  return <Notice tone={done ? 'done' : 'note'}>{t(`signIn.because.${because}`)}</Notice>;
}

function useSignInForm(email: string, returnTo: string | null) {
  const navigate = useNavigate();
  // From here on the sign-in itself says where to go, however long that page takes to come.
  const [leaving, setLeaving] = useState(false);
  const form = useForm({
    initial: { email, password: '' },
    pointers: { '/email': 'email', '/password': 'password' },
    check: (values) => ({
      ...(values.email.trim() === '' ? { email: t('fields.missing.email') } : {}),
      ...(values.password === '' ? { password: t('fields.missing.password') } : {}),
    }),
    send: async (body) => {
      const { signInId, next } = await answered(api.POST('/v1/sign-ins', { body }));
      signInProgress.keep(signInId);
      const path = await pathAfter(next, returnTo);
      setLeaving(true);
      await navigate(path, { state: { returnTo } });
    },
  });
  return { ...form, leaving };
}
