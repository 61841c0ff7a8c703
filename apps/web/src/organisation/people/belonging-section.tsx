import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { Person } from '../../api/queries';
import { Button } from '../../elements/button';
import { Notice } from '../../elements/notice';
import { Question } from '../../elements/question';
import { useAction } from '../../elements/use-action';
import { problemSentence } from '../../words/problem-sentence';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { BelongingFields, SitesInWords, type Belonging } from './belonging';
import { changePerson, removePerson, sendFirstPassword } from './people-changes';

type Asked = 'change' | 'remove';
type Said = { readonly tone: 'done' | 'problem'; readonly sentence: string };

/** Lets an administrator change how somebody belongs to the practice, send their first link again, or take them out. */
export function BelongingSection({ person }: { readonly person: Person }) {
  const { organisation } = useOrganisation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const send = useAction(async () => {
    try {
      const { delivery } = await sendFirstPassword(organisation.organisationId, person.personId);
      setSaid({
        tone: delivery === 'not-sent' ? 'problem' : 'done',
        sentence: t(`people.linkSent.${delivery}`, { name: person.name }),
      });
    } catch (error) {
      setSaid({ tone: 'problem', sentence: problemSentence(error, new Date()) });
    }
  });
  if (!organisation.roles.includes('administrator')) return null;
  const close = () => setAsked(null);
  const missing = person.firstPassword === 'missing';
  return (
    <section className="part" aria-labelledby="belonging">
      <h2 id="belonging">{t('people.belonging')}</h2>
      {said !== null && <Notice tone={said.tone}>{said.sentence}</Notice>}
      {missing && <p className="part-lead">{t('people.noPassword', { name: person.name })}</p>}
      <SitesInWords organisationId={organisation.organisationId} siteIds={person.siteIds} />
      <div className="form-actions">
        {missing && (
          <Button pending={send.pending} onPress={() => void send.start()}>
            {t('people.sendLink')}
          </Button>
        )}
        <Button onPress={() => setAsked('change')}>{t('people.change')}</Button>
        <Button onPress={() => setAsked('remove')}>{t('people.remove')}</Button>
      </div>
      {asked === 'change' && (
        <Question heading={t('people.changeHeading', { name: person.name })} open onClose={close}>
          <Change
            person={person}
            onClose={close}
            onDone={() => {
              setSaid({ tone: 'done', sentence: t('people.changed', { name: person.name }) });
              close();
            }}
          />
        </Question>
      )}
      {asked === 'remove' && (
        <Question heading={t('people.removeHeading', { name: person.name })} open onClose={close}>
          <Removal person={person} onClose={close} />
        </Question>
      )}
    </section>
  );
}

interface AnswerProps {
  readonly lead: string;
  readonly submit: string;
  readonly look: 'main' | 'danger';
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** What is asked, what is wrong with the answer, and the two buttons below. */
function Answer({ lead, submit, look, onSubmit, onClose, children }: AnswerProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const action = useAction(async () => {
    setProblem(null);
    try {
      await onSubmit();
    } catch (error) {
      setProblem(problemSentence(error, new Date()));
    }
  });
  return (
    <>
      <div className="lead">{problem === null ? <p>{lead}</p> : <Notice tone="problem">{problem}</Notice>}</div>
      {children}
      <div className="form-actions">
        <Button look={look} pending={action.pending} onPress={() => void action.start()}>
          {submit}
        </Button>
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </>
  );
}

interface ChangeProps {
  readonly person: Person;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Change({ person, onClose, onDone }: ChangeProps) {
  const { organisationId } = useOrganisation().organisation;
  const [value, setValue] = useState<Belonging>({ roles: [...person.roles], siteIds: [...person.siteIds] });
  return (
    <Answer
      lead={t('people.changeLead')}
      submit={t('people.changeSubmit')}
      look="main"
      onSubmit={async () => {
        await changePerson(organisationId, person.personId, value);
        onDone();
      }}
      onClose={onClose}
    >
      <BelongingFields organisationId={organisationId} value={value} onChange={setValue} />
    </Answer>
  );
}

function Removal({ person, onClose }: Pick<ChangeProps, 'person' | 'onClose'>) {
  const { organisationId, name: practice } = useOrganisation().organisation;
  const navigate = useNavigate();
  return (
    <Answer
      lead={t('people.removeLead', { name: person.name, practice })}
      submit={t('people.removeSubmit')}
      look="danger"
      onSubmit={async () => {
        await removePerson(organisationId, person.personId);
        await navigate('..');
      }}
      onClose={onClose}
    />
  );
}
