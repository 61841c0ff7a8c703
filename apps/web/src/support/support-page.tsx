import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { supportResetsQuery, type LookUp } from '../api/queries';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Lead, Notice } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { TextInput } from '../elements/text-input';
import { useAction } from '../elements/use-action';
import { useForm } from '../elements/use-form';
import { WaitingResets, type Decision } from '../resets/waiting-resets';
import { endingTheSession } from '../security/ending-the-session';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { HelpedPerson } from './helped-person';

/** Where support finds someone by their exact email, and decides on what a colleague asked for (PRODUCT AX5). */
export function SupportPage() {
  const [found, setFound] = useState<LookUp | null>(null);
  const resets = useQuery(supportResetsQuery);
  const decide = (decision: Decision, resetId: string, password: string) => {
    const call = { params: { path: { resetId } }, body: { password } };
    return decision === 'approve'
      ? answered(api.POST('/v1/support/resets/{resetId}/approval', call))
      : answered(api.POST('/v1/support/resets/{resetId}/refusal', call));
  };
  return (
    <>
      <PageHeading>{t('support.heading')}</PageHeading>
      <FindPerson onFound={setFound} />
      {found !== null && <Found lookUp={found} />}
      <section className="part" aria-labelledby="waiting">
        <h2 id="waiting">{t('resets.heading')}</h2>
        <p className="part-lead">{t('support.waitingLead')}</p>
        <Reading query={resets} lines={3}>
          {(data) => <WaitingResets resets={data} decide={decide} />}
        </Reading>
      </section>
    </>
  );
}

function FindPerson({ onFound }: { readonly onFound: (found: LookUp) => void }) {
  const form = useForm({
    initial: { email: '' },
    pointers: { '/email': 'email' },
    check: ({ email }) => (email.trim() === '' ? { email: t('fields.missing.email') } : {}),
    send: async (body) => onFound(await endingTheSession(answered(api.POST('/v1/support/look-ups', { body })))),
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('support.lead')}
      </Lead>
      <TextInput {...form.field('email')} kind="email" label={t('support.email')} autoComplete="off" />
      <Button type="submit" look="main" pending={form.pending}>
        {t('support.find')}
      </Button>
    </Form>
  );
}

function Found({ lookUp: { lookUpId, person } }: { readonly lookUp: LookUp }) {
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string | null>(null);
  const open = useAction(async () => {
    try {
      const { caseId } = await endingTheSession(answered(api.POST('/v1/support/cases', { body: { lookUpId } })));
      await navigate(`/support/cases/${caseId}`);
    } catch (error) {
      setProblem(problemSentence(error, new Date()));
    }
  });
  if (person === null) return <Notice tone="note">{t('support.nobody')}</Notice>;
  return (
    <section className="part" aria-labelledby="found">
      <h2 id="found">{t('support.found')}</h2>
      <HelpedPerson person={person} />
      {problem !== null && <Notice tone="problem">{problem}</Notice>}
      {person.refusal === null && (
        <Button look="main" pending={open.pending} onPress={() => void open.start()}>
          {t('support.open')}
        </Button>
      )}
    </section>
  );
}
