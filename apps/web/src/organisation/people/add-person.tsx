import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../elements/button';
import { Form } from '../../elements/form';
import { Lead } from '../../elements/notice';
import { Question } from '../../elements/question';
import { TextInput } from '../../elements/text-input';
import { useForm } from '../../elements/use-form';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { BelongingFields, type Belonging } from './belonging';
import { addPerson } from './people-changes';

/** Adds somebody to the practice, who is sent a link to their first password. */
export function AddPerson({ onDone }: { readonly onDone: (sentence: string) => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button look="main" onPress={() => setAsking(true)}>
        <UserPlus aria-hidden />
        {t('people.add')}
      </Button>
      {asking && (
        <Question heading={t('people.add')} open onClose={() => setAsking(false)}>
          <AddPersonForm
            onClose={() => setAsking(false)}
            onDone={(sentence) => {
              onDone(sentence);
              setAsking(false);
            }}
          />
        </Question>
      )}
    </>
  );
}

interface AddPersonFormProps {
  readonly onClose: () => void;
  readonly onDone: (sentence: string) => void;
}

function AddPersonForm({ onClose, onDone }: AddPersonFormProps) {
  const { organisationId } = useOrganisation().organisation;
  const [belonging, setBelonging] = useState<Belonging>({ roles: ['member'], siteIds: [] });
  const form = useForm({
    initial: { name: '', email: '' },
    pointers: { '/name': 'name', '/email': 'email' },
    fieldOf: { 'already-a-member': { field: 'email' } },
    check: ({ name, email }) => ({
      ...(name.trim() === '' ? { name: t('people.missingName') } : {}),
      ...(email.trim() === '' ? { email: t('people.missingEmail') } : {}),
    }),
    send: async ({ name, email }, complain) => {
      if (belonging.roles.length === 0) return complain(t('people.missingRole'));
      const { delivery } = await addPerson(organisationId, { name, email, ...belonging });
      onDone(t(`people.added.${delivery}`, { name }));
    },
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('people.addLead')}
      </Lead>
      <TextInput {...form.field('name')} label={t('people.columns.name')} autoComplete="off" />
      <TextInput {...form.field('email')} kind="email" label={t('fields.email')} autoComplete="off" />
      <BelongingFields organisationId={organisationId} value={belonging} onChange={setBelonging} />
      <div className="form-actions">
        <Button type="submit" look="main" pending={form.pending}>
          {t('people.addSubmit')}
        </Button>
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </Form>
  );
}
