import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { answered } from '../../api/problem';
import { meQuery, type Person } from '../../api/queries';
import { queryClient } from '../../api/query-client';
import { Button } from '../../elements/button';
import { Form } from '../../elements/form';
import { Lead, Notice } from '../../elements/notice';
import { Question } from '../../elements/question';
import { TextInput } from '../../elements/text-input';
import { useForm } from '../../elements/use-form';
import { endingTheSession } from '../../security/ending-the-session';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';

/** Lets an administrator clear the methods of somebody else of the practice (PRODUCT HE10). */
export function ResetSection({ person }: { readonly person: Person }) {
  const me = useQuery(meQuery);
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<string | null>(null);
  const { name, personId } = person;
  // Whoever never signed in has nothing to reset.
  if (me.data === undefined || me.data.personId === personId || person.firstPassword === 'missing') return null;
  return (
    <section className="part" aria-labelledby="reset">
      <h2 id="reset">{t('resets.own')}</h2>
      {done === null ? (
        <>
          <p className="part-lead">{t('resets.memberLead', { name })}</p>
          <Button onPress={() => setAsking(true)}>{t('resets.own')}</Button>
        </>
      ) : (
        <Notice tone="done">{done}</Notice>
      )}
      <Question heading={t('resets.memberHeading', { name })} open={asking} onClose={() => setAsking(false)}>
        <ResetForm
          person={person}
          onClose={() => setAsking(false)}
          onDone={(sentence) => {
            setDone(sentence);
            setAsking(false);
          }}
        />
      </Question>
    </section>
  );
}

interface ResetFormProps {
  readonly person: Person;
  readonly onClose: () => void;
  readonly onDone: (sentence: string) => void;
}

function ResetForm({ person: { name, personId }, onClose, onDone }: ResetFormProps) {
  const { organisationId } = useOrganisation().organisation;
  const form = useForm({
    initial: { reason: '', password: '' },
    pointers: { '/reason': 'reason', '/password': 'password' },
    fieldOf: { 'invalid-credentials': { field: 'password', sentence: t('fields.wrongPassword') } },
    check: ({ reason, password }) => ({
      ...(reason.trim() === '' ? { reason: t('resets.missingReason') } : {}),
      ...(password === '' ? { password: t('fields.missing.password') } : {}),
    }),
    send: async (body) => {
      const { status } = await endingTheSession(
        answered(
          api.POST('/v1/organisations/{organisationId}/people/{personId}/resets', {
            params: { path: { organisationId, personId } },
            body,
          }),
        ),
      );
      void queryClient.invalidateQueries({ queryKey: ['people', organisationId] });
      void queryClient.invalidateQueries({ queryKey: ['resets'] });
      onDone(t(`resets.member.${status}`, { name }));
    },
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('resets.memberSentence', { name })}
      </Lead>
      <TextInput
        {...form.field('reason')}
        label={t('resets.reason')}
        autoComplete="off"
        hint={t('resets.reasonHint')}
      />
      <TextInput
        {...form.field('password')}
        kind="password"
        label={t('fields.password')}
        autoComplete="current-password"
      />
      <div className="form-actions">
        <Button type="submit" look="danger" pending={form.pending}>
          {t('resets.submit')}
        </Button>
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </Form>
  );
}
