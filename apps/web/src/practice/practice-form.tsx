import { Label, Radio, RadioGroup } from 'react-aria-components';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { queryClient } from '../api/query-client';
import { installationQuery } from '../api/queries';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { t } from '../words/words';
import { passwordHint } from './password-strength';

const presets = ['healthcode', 'accurx', 'healthie', 'hipaatherapy'] as const;
const presetOf = (value: string) => presets.find((preset) => preset === value) ?? 'healthcode';

/** A practice that was created, and with what its administrator signs in. */
export interface CreatedPractice {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

interface PracticeFormProps {
  readonly lead: string;
  /** Whose name, email and password are entered: one's own, or those of somebody else. */
  readonly whose: 'own' | 'theirs';
  readonly offered: readonly { readonly preset: string; readonly shortestPassword: number }[];
  readonly onCreated: (created: CreatedPractice) => Promise<void>;
  /** Null where there is nothing to go back to. */
  readonly onCancel: (() => void) | null;
}

/** A new practice with its first administrator. */
export function PracticeForm({ lead, whose, offered, onCreated, onCancel }: PracticeFormProps) {
  const form = usePracticeForm(whose, onCreated);
  const shortest = offered.find(({ preset }) => preset === form.values.preset)?.shortestPassword ?? 0;
  // What a browser knows of whoever sits before it is not somebody else's.
  const filledIn = (purpose: string) => (whose === 'own' ? purpose : 'off');
  const submit = (
    <Button type="submit" look="main" pending={form.pending}>
      {t('practice.submit')}
    </Button>
  );
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {lead}
      </Lead>
      <Form onSubmit={form.submit}>
        <TextInput {...form.field('name')} label={t('practice.name')} autoComplete={filledIn('organization')} />
        <PresetChoice {...form.field('preset')} />
        <TextInput {...form.field('managerName')} label={t(`practice.${whose}.name`)} autoComplete={filledIn('name')} />
        <TextInput
          {...form.field('email')}
          kind="email"
          label={t(`practice.${whose}.email`)}
          autoComplete={filledIn('username')}
        />
        <TextInput
          {...form.field('password')}
          kind="password"
          label={t(`practice.${whose}.password`)}
          hint={passwordHint(form.values.password, shortest)}
          autoComplete="new-password"
        />
        {onCancel === null ? (
          submit
        ) : (
          <div className="form-actions">
            {submit}
            <Button onPress={onCancel}>{t('actions.cancel')}</Button>
          </div>
        )}
      </Form>
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

function usePracticeForm(whose: PracticeFormProps['whose'], onCreated: PracticeFormProps['onCreated']) {
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
      ...(values.name.trim() === '' ? { name: t('practice.missingName') } : {}),
      ...(values.managerName.trim() === '' ? { managerName: t(`practice.${whose}.missing.name`) } : {}),
      ...(values.email.trim() === '' ? { email: t(`practice.${whose}.missing.email`) } : {}),
      ...(values.password === '' ? { password: t(`practice.${whose}.missing.password`) } : {}),
    }),
    send: async ({ name, preset, managerName, email, password }) => {
      const manager = { name: managerName, email, password };
      await answered(api.POST('/v1/organisations', { body: { name, preset: presetOf(preset), manager } }));
      await queryClient.invalidateQueries({ queryKey: installationQuery.queryKey });
      await onCreated({ name, email, password });
    },
  });
}
