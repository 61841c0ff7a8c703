import { api } from '../api/client';
import { answered } from '../api/problem';
import type { LookUp } from '../api/queries';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead } from '../elements/notice';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { endingTheSession } from '../security/ending-the-session';
import { t } from '../words/words';

interface FindPersonProps {
  readonly lead: string;
  readonly onFound: (found: LookUp) => void;
}

/** The search for someone by their exact email; each is recorded. */
export function FindPerson({ lead, onFound }: FindPersonProps) {
  const form = useForm({
    initial: { email: '' },
    pointers: { '/email': 'email' },
    check: ({ email }) => (email.trim() === '' ? { email: t('people.missingEmail') } : {}),
    send: async (body) => onFound(await endingTheSession(answered(api.POST('/v1/support/look-ups', { body })))),
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {lead}
      </Lead>
      <TextInput {...form.field('email')} kind="email" label={t('support.email')} autoComplete="off" />
      <Button type="submit" look="main" pending={form.pending}>
        {t('support.find')}
      </Button>
    </Form>
  );
}
