import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, CircleCheck, CircleDashed } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { supportCaseQuery, type SupportCase } from '../api/queries';
import { queryClient } from '../api/query-client';
import { Button } from '../elements/button';
import { Form } from '../elements/form';
import { Instant } from '../elements/instant';
import { Lead, Notice } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { PasswordForm } from '../elements/password-form';
import { Question } from '../elements/question';
import { Reading } from '../elements/reading';
import { TextInput } from '../elements/text-input';
import { useForm } from '../elements/use-form';
import { endingTheSession } from '../security/ending-the-session';
import { t } from '../words/words';
import { HelpedPerson } from './helped-person';

type Step = SupportCase['steps'][number];

/** A case of support: whom it is about, the steps that verify them, and the reset once those are recorded (AX5). */
export function CasePage() {
  const { caseId = '' } = useParams();
  const read = useQuery(supportCaseQuery(caseId));
  return (
    <>
      <Link className="back" to="/support">
        <ArrowLeft aria-hidden />
        {t('support.heading')}
      </Link>
      <Reading query={read} lines={8}>
        {(data) => <Case supportCase={data} />}
      </Reading>
    </>
  );
}

function Case({ supportCase }: { readonly supportCase: SupportCase }) {
  const { caseId, person, steps, missing, expiresAt } = supportCase;
  return (
    <>
      <PageHeading>{t('support.caseHeading', { name: person.maskedName })}</PageHeading>
      <div className="lead">
        <p>
          {t('support.caseLead')} <Instant at={expiresAt} />.
        </p>
      </div>
      <HelpedPerson person={person} />
      {person.refusal !== null && <Notice tone="problem">{person.refusal}</Notice>}
      <section className="part" aria-labelledby="steps">
        <h2 id="steps">{t('support.steps')}</h2>
        <ul className="cards">
          {steps.map((step) => (
            <StepCard key={step.step} caseId={caseId} step={step} />
          ))}
        </ul>
      </section>
      <Clear supportCase={supportCase} ready={missing.length === 0 && person.refusal === null} />
    </>
  );
}

function StepCard({ caseId, step }: { readonly caseId: string; readonly step: Step }) {
  const [asking, setAsking] = useState(false);
  const { label, required, recorded } = step;
  const Icon = recorded.length > 0 ? CircleCheck : CircleDashed;
  return (
    <li className="card">
      <Icon aria-hidden />
      <div className="card-words">
        <h3 className="card-name">{label}</h3>
        {recorded.length === 0 && <p>{t(required ? 'support.required' : 'support.optional')}</p>}
        {recorded.map(({ at, note }) => (
          <p key={at}>
            {t('support.recorded')} <Instant at={at} />: {note}
          </p>
        ))}
      </div>
      <Button onPress={() => setAsking(true)} label={t('support.recordNamed', { label })}>
        {t('support.record')}
      </Button>
      <Question heading={label} open={asking} onClose={() => setAsking(false)}>
        <StepForm caseId={caseId} step={step} onClose={() => setAsking(false)} />
      </Question>
    </li>
  );
}

interface StepFormProps {
  readonly caseId: string;
  readonly step: Step;
  readonly onClose: () => void;
}

function StepForm({ caseId, step: { step }, onClose }: StepFormProps) {
  const form = useForm({
    initial: { note: '' },
    pointers: { '/note': 'note' },
    check: ({ note }) => (note.trim() === '' ? { note: t('support.missingNote') } : {}),
    send: async ({ note }) => {
      const call = { params: { path: { caseId } }, body: { step, note } };
      await endingTheSession(answered(api.POST('/v1/support/cases/{caseId}/steps', call)));
      await queryClient.invalidateQueries({ queryKey: supportCaseQuery(caseId).queryKey });
      onClose();
    },
  });
  return (
    <Form onSubmit={form.submit}>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('support.stepSentence')}
      </Lead>
      <TextInput {...form.field('note')} label={t('support.note')} autoComplete="off" />
      <div className="form-actions">
        <Button type="submit" look="main" pending={form.pending}>
          {t('support.record')}
        </Button>
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </Form>
  );
}

function Clear({ supportCase, ready }: { readonly supportCase: SupportCase; readonly ready: boolean }) {
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<string | null>(null);
  const { caseId, person } = supportCase;
  const close = () => setAsking(false);
  const reset = async (password: string) => {
    const call = { params: { path: { caseId } }, body: { password } };
    const { status } = await endingTheSession(answered(api.POST('/v1/support/cases/{caseId}/reset', call)));
    void queryClient.invalidateQueries({ queryKey: ['resets'] });
    await queryClient.invalidateQueries({ queryKey: supportCaseQuery(caseId).queryKey });
    setDone(t(`resets.member.${status}`, { name: person.maskedName }));
    close();
  };
  return (
    <section className="part" aria-labelledby="reset">
      <h2 id="reset">{t('resets.own')}</h2>
      {done === null ? (
        <p className="part-lead">{t(ready ? 'support.ready' : 'support.notReady')}</p>
      ) : (
        <Notice tone="done">{done}</Notice>
      )}
      {ready && done === null && (
        <Button look="main" onPress={() => setAsking(true)}>
          {t('resets.own')}
        </Button>
      )}
      <Question heading={t('resets.memberHeading', { name: person.maskedName })} open={asking} onClose={close}>
        <PasswordForm
          lead={t('resets.memberSentence', { name: person.maskedName })}
          submit={t('resets.submit')}
          look="danger"
          onPassword={reset}
          onCancel={close}
        />
      </Question>
    </section>
  );
}
