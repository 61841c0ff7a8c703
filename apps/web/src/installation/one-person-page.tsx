import { useState } from 'react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import type { LookUp, SupportCase } from '../api/queries';
import { Notice } from '../elements/notice';
import { OnOff } from '../elements/on-off';
import { PageHeading } from '../elements/page-heading';
import { useAction } from '../elements/use-action';
import { endingTheSession } from '../security/ending-the-session';
import { FindPerson } from '../support/find-person';
import { HelpedPerson } from '../support/helped-person';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import type { Said } from './practices-page';

type Person = SupportCase['person'];

/** Where the operator requires two-factor authentication of one person, whatever their practices do (PRODUCT HE3). */
export function OnePersonPage() {
  const [found, setFound] = useState<LookUp | null>(null);
  return (
    <>
      <PageHeading>{t('installation.person.heading')}</PageHeading>
      <FindPerson lead={t('installation.person.lead')} onFound={setFound} />
      {found?.person === null && <Notice tone="note">{t('support.nobody')}</Notice>}
      {found?.person && <Found key={found.lookUpId} person={found.person} />}
    </>
  );
}

function Found({ person }: { readonly person: Person }) {
  const { personId, maskedName: name } = person;
  const [required, setRequired] = useState(person.secondFactorRequired);
  const [said, setSaid] = useState<Said | null>(null);
  const change = useAction(async (wanted: boolean) => {
    const call = { params: { path: { personId } }, body: { required: wanted } };
    try {
      await endingTheSession(answered(api.PUT('/v1/people/{personId}/second-factor', call)));
    } catch (error) {
      return setSaid({ tone: 'problem', sentence: problemSentence(error, new Date()) });
    }
    setRequired(wanted);
    setSaid({ tone: 'done', sentence: t(`installation.person.${wanted ? 'required' : 'notRequired'}`, { name }) });
  });
  return (
    <section className="part" aria-labelledby="found">
      <h2 id="found">{t('support.found')}</h2>
      <HelpedPerson person={person} />
      {said !== null && <Notice tone={said.tone}>{said.sentence}</Notice>}
      <div className="enforcement">
        <div>
          <h3 id="require">{t('installation.person.require')}</h3>
          <p className="setting-sentence" id="require-sentence">
            {t(required ? 'installation.person.on' : 'installation.person.off')}
          </p>
        </div>
        <OnOff
          labelledBy="require"
          describedBy="require-sentence"
          on={required}
          onChange={(on) => void change.start(on)}
        />
      </div>
    </section>
  );
}
