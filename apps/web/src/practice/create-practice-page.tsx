import { useQuery } from '@tanstack/react-query';
import { Radio, RadioGroup, Label } from 'react-aria-components';
import { Link, useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { queryClient } from '../api/query-client';
import { installationQuery } from '../api/queries';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { pathAfter } from '../sign-in/arrival';
import { signInProgress } from '../sign-in/progress';
import { t } from '../words/words';
import { passwordHint } from './password-strength';

const presets = ['healthcode', 'accurx', 'healthie', 'hipaatherapy'] as const;
const presetOf = (value: string) => presets.find((preset) => preset === value) ?? 'healthcode';

/** A new practice with its first administrator, who is signed in straight away. */
export function CreatePracticePage() {
  const installation = useQuery(installationQuery);
  return (
    <>
      <PageHeading>{t('practice.heading')}</PageHeading>
      <Reading query={installation} lines={8}>
        {({ registration, organisations, presets: offered }) =>
          registration === 'open' ? <PracticeForm first={organisations === 'none'} offered={offered} /> : <Closed />
        }
      </Reading>
    </>
  );
}

function Closed() {
  return (
    <>
      <div className="lead">
        <p>{t('practice.closed.lead')}</p>
      </div>
      <Link className="button button-main" to="/sign-in">
        {t('practice.closed.back')}
      </Link>
    </>
  );
}

interface PracticeFormProps {
  readonly first: boolean;
  readonly offered: readonly { readonly preset: string; readonly shortestPassword: number }[];
}

function PracticeForm({ first, offered }: PracticeFormProps) {
  const form = usePracticeForm();
  const shortest = offered.find(({ preset }) => preset === form.values.preset)?.shortestPassword ?? 0;
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t(first ? 'practice.leadFirst' : 'practice.lead')}
      </Lead>
      <Form onSubmit={form.submit}>
        <TextInput {...form.field('name')} label={t('practice.name')} autoComplete="organization" />
        <PresetChoice {...form.field('preset')} />
        <TextInput {...form.field('managerName')} label={t('practice.yourName')} autoComplete="name" />
        <TextInput {...form.field('email')} kind="email" label={t('fields.email')} autoComplete="username" />
        <TextInput
          {...form.field('password')}
          kind="password"
          label={t('practice.password')}
          hint={passwordHint(form.values.password, shortest)}
          autoComplete="new-password"
        />
        <Button type="submit" look="main" pending={form.pending}>
          {t('practice.submit')}
        </Button>
      </Form>
      <p className="aside">
        {!first && (
          <>
            {t('practice.haveAccount')} <Link to="/sign-in">{t('signIn.heading')}</Link>
          </>
        )}
      </p>
    </>
  );
}

interface PresetChoiceProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function PresetChoice({ value, onChange }: PresetChoiceProps) {
  return (
    <RadioGroup className="presets" value={value} onChange={onChange}>
      <Label className="field-label">{t('practice.rules')}</Label>
      {presets.map((preset) => (
        <Radio className="preset" value={preset} key={preset}>
          <span className="preset-dot" aria-hidden="true" />
          <span className="choice-words">
            <span className="choice-name">{t(`practice.presets.${preset}.name`)}</span>
            <span className="choice-sentence">{t(`practice.presets.${preset}.sentence`)}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

function usePracticeForm() {
  const navigate = useNavigate();
  return useForm({
    initial: { name: '', preset: 'healthcode', managerName: '', email: '', password: '' },
    pointers: {
      '/name': 'name',
      '/preset': 'preset',
      '/manager/name': 'managerName',
      '/manager/email': 'email',
      '/manager/password': 'password',
    },
    fieldOf: {
      'email-taken': { field: 'email' },
      'password-too-short': { field: 'password' },
      'password-too-long': { field: 'password' },
      'password-too-common': { field: 'password' },
    },
    check: (values) => ({
      ...(values.name.trim() === '' ? { name: t('practice.missing.name') } : {}),
      ...(values.managerName.trim() === '' ? { managerName: t('practice.missing.yourName') } : {}),
      ...(values.email.trim() === '' ? { email: t('fields.missing.email') } : {}),
      ...(values.password === '' ? { password: t('fields.missing.password') } : {}),
    }),
    send: async ({ name, preset, managerName, email, password }) => {
      const manager = { name: managerName, email, password };
      await answered(api.POST('/v1/organisations', { body: { name, preset: presetOf(preset), manager } }));
      await queryClient.invalidateQueries({ queryKey: installationQuery.queryKey });
      // The practice stands from here on, so a sign-in that fails now goes on at the sign-in page.
      try {
        const { signInId, next } = await answered(api.POST('/v1/sign-ins', { body: { email, password } }));
        signInProgress.keep(signInId);
        await navigate(await pathAfter(next, null), { replace: true });
      } catch {
        await navigate('/sign-in', { replace: true, state: { because: 'created', email } });
      }
    },
  });
}
