import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { supportResetsQuery, type LookUp } from '../api/queries';
import { Button } from '../elements/button';
import { Notice } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { useAction } from '../elements/use-action';
import { WaitingResets, type Decision } from '../resets/waiting-resets';
import { endingTheSession } from '../security/ending-the-session';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { FindPerson } from './find-person';
import { HelpedPerson } from './helped-person';
import { Reports } from './reports';

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
      <FindPerson lead={t('support.lead')} onFound={setFound} />
      {found !== null && <Found lookUp={found} />}
      <Reports />
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
      {person.refusal !== null && <Notice tone="problem">{person.refusal}</Notice>}
      {problem !== null && <Notice tone="problem">{problem}</Notice>}
      {person.refusal === null && (
        <Button look="main" pending={open.pending} onPress={() => void open.start()}>
          {t('support.open')}
        </Button>
      )}
    </section>
  );
}
