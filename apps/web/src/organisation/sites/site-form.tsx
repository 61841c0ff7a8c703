import { Button } from '../../elements/button';
import { Form } from '../../elements/form';
import { Lead } from '../../elements/notice';
import { TextInput } from '../../elements/text-input';
import { useForm } from '../../elements/use-form';
import { t } from '../../words/words';

interface SiteFormProps {
  readonly name: string;
  readonly submit: string;
  /** Does it; throws what is wrong with the name. */
  readonly onName: (name: string) => Promise<void>;
  readonly onCancel: () => void;
}

/** Asks what a site is called. */
export function SiteForm({ name, submit, onName, onCancel }: SiteFormProps) {
  const form = useForm({
    initial: { name },
    pointers: { '/name': 'name' },
    fieldOf: { 'site-name-taken': { field: 'name' } },
    check: (values) => (values.name.trim() === '' ? { name: t('sites.missingName') } : {}),
    send: (values) => onName(values.name.trim()),
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('sites.nameLead')}
      </Lead>
      <TextInput {...form.field('name')} label={t('sites.name')} autoComplete="off" />
      <div className="form-actions">
        <Button type="submit" look="main" pending={form.pending}>
          {submit}
        </Button>
        <Button onPress={onCancel}>{t('actions.cancel')}</Button>
      </div>
    </Form>
  );
}
