import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { Button } from '../elements/button';
import { Instant } from '../elements/instant';
import { Notice, Outcome } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { useAction } from '../elements/use-action';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';

/**
 * "This was not me": opened by the link of a message, signed in or not. The secret stands in the fragment and goes
 * nowhere until the button is pressed (DESIGN §6.13).
 */
export function NotMePage() {
  const [link] = useState(() => window.location.hash.slice(1));
  const [frozenUntil, setFrozenUntil] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const report = useAction(async () => {
    try {
      setFrozenUntil((await answered(api.POST('/v1/not-me', { body: { link } }))).frozenUntil);
    } catch (error) {
      setProblem(problemSentence(error, new Date()));
    }
  });
  if (frozenUntil !== null) return <Frozen until={frozenUntil} />;
  if (link === '') return <NoLink />;
  return (
    <>
      <PageHeading>{t('notMe.heading')}</PageHeading>
      <div className="lead">
        {problem === null ? <p>{t('notMe.lead')}</p> : <Notice tone="problem">{problem}</Notice>}
      </div>
      <ul className="bullets">
        <li>{t('notMe.effect.changes')}</li>
        <li>{t('notMe.effect.sessions')}</li>
        <li>{t('notMe.effect.methods')}</li>
      </ul>
      <Button look="main" pending={report.pending} onPress={() => void report.start()}>
        {t('notMe.submit')}
      </Button>
    </>
  );
}

function NoLink() {
  return (
    <>
      <PageHeading>{t('notMe.heading')}</PageHeading>
      <Outcome tone="problem">{t('notMe.noLink')}</Outcome>
    </>
  );
}

function Frozen({ until }: { readonly until: string }) {
  return (
    <>
      <PageHeading>{t('notMe.done.heading')}</PageHeading>
      <Outcome tone="done">
        {t('notMe.done.until')} <Instant at={until} />.
      </Outcome>
      <section className="part" aria-labelledby="next">
        <h2 id="next">{t('notMe.done.next')}</h2>
        <p className="part-lead">{t('notMe.done.tell')}</p>
        <p className="part-lead">{t('notMe.done.check')}</p>
      </section>
      <p className="aside">
        <Link to="/sign-in">{t('notMe.done.signIn')}</Link>
      </p>
    </>
  );
}
