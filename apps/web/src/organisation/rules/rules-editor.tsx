import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { refusalCode } from '../../api/problem';
import type { PolicyView } from '../../api/queries';
import { Notice } from '../../elements/notice';
import { endingTheSession } from '../../security/ending-the-session';
import { instantInWords } from '../../words/instants';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { Assurance } from './assurance';
import { saved, unsaved, type Draft } from './draft';
import { Enforcement } from './enforcement';
import { groupNames, groups, type Group } from './groups';
import { NewsOfOthers } from './news-of-others';
import { OwnFirst, OwnFirstQuestion } from './own-first';
import { Presets } from './presets';
import { noProblems, ruleProblemsOf, type RuleProblems } from './problems';
import { Review } from './review';
import { Contents } from './contents';
import { changedSettings, matters, settingsOf, type Rules } from './rules';
import { changeRules, forecastQuery, policyQuery } from './rules-queries';
import { SaveBar } from './save-bar';
import { SettingRow } from './setting';
import { useDraft } from './use-draft';
import { useSettled } from './use-settled';

/** The rules as they stand, edited in a draft, and made in one step that shows first what it does. */
export function RulesEditor({ view }: { readonly view: PolicyView }) {
  const { organisation, session } = useOrganisation();
  const [draft, setDraft] = useDraft(session.personId, view);
  const [reviewing, setReviewing] = useState<Draft | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const live = useLiveForecast(view, draft);
  const save = useSave(view, setDraft, setReviewing, setDone);
  const ownFirst = session.assurance.level === 'aal1';
  const edit = (own: Rules) => {
    setDone(null);
    setDraft({ ...draft, own });
  };
  const count = unsaved(draft).length;
  return (
    <>
      {done !== null && <Notice tone="done">{done}</Notice>}
      {ownFirst && <OwnFirst />}
      {draft.news !== null && <NewsOfOthers news={draft.news} settings={view.settings} />}
      <Enforcement
        told={view.settings.find(({ setting }) => setting === 'enforced')}
        on={draft.base.enforced}
        onSwitch={(enforced) => setReviewing({ ...draft, own: { ...draft.own, enforced } })}
      />
      <Contents />
      <Presets rules={draft.own} onChange={edit} />
      {groupNames.map((group) => (
        <GroupOfSettings
          key={group}
          group={group}
          view={view}
          rules={draft.own}
          problems={live.problems}
          onChange={edit}
        />
      ))}
      <section className="part" id="part-assurance" aria-labelledby="assurance" tabIndex={-1}>
        <h2 id="assurance">{t('rules.assurance')}</h2>
        <p className="part-lead" role="status">
          {t(count > 0 ? 'rules.assuranceUnsaved' : 'rules.assuranceSentence')}
        </p>
        <Assurance assurance={live.assurance} settings={view.settings} />
      </section>
      <p className="part-lead rules-changed">
        {view.changed === null
          ? t('rules.neverChanged')
          : t('rules.changed', {
              name: view.changed.by.name,
              when: instantInWords(new Date(view.changed.at), new Date()),
            })}
      </p>
      {count > 0 && <SaveBar count={count} onReview={() => setReviewing(draft)} onUndo={() => edit(draft.base)} />}
      {reviewing !== null && ownFirst && <OwnFirstQuestion onClose={() => setReviewing(null)} />}
      {reviewing !== null && !ownFirst && (
        <Review
          organisationId={view.organisationId}
          practice={organisation.name}
          draft={reviewing}
          settings={view.settings}
          onSave={(accepted) => save(reviewing, accepted)}
          onClose={() => setReviewing(null)}
        />
      )}
    </>
  );
}

interface GroupProps {
  readonly group: Group;
  readonly view: PolicyView;
  readonly rules: Rules;
  readonly problems: RuleProblems;
  readonly onChange: (rules: Rules) => void;
}

function GroupOfSettings({ group, view, rules, problems, onChange }: GroupProps) {
  const shown = groups[group].filter((setting) => matters(rules, setting) || problems.has(setting));
  const id = `group-${group}`;
  return (
    <section className="part" id={`part-${group}`} aria-labelledby={id} tabIndex={-1}>
      <h2 id={id}>{t(`rules.groups.${group}`)}</h2>
      {shown.map((setting) => {
        const told = view.settings.find((one) => one.setting === setting);
        return told === undefined ? null : (
          <SettingRow
            key={setting}
            setting={setting}
            told={told}
            rules={rules}
            problem={problems.get(setting) ?? null}
            onChange={onChange}
          />
        );
      })}
    </section>
  );
}

/** What the draft would reach, and what is wrong with it, a moment after each edit. */
function useLiveForecast(view: PolicyView, draft: Draft) {
  const settled = useSettled(draft.own);
  const edited = changedSettings(draft.base, settled).length > 0;
  const { data, error } = useQuery({
    ...forecastQuery(view.organisationId, draft.version, settled),
    enabled: edited,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const problems = edited ? ruleProblemsOf(error, settingsOf(draft.own)) : noProblems;
  return { assurance: (edited && data?.assurance) || view.assurance, problems };
}

/** Saves a draft. Where somebody else was first, their rules come below it, and it is reviewed anew. */
function useSave(
  view: PolicyView,
  setDraft: (draft: Draft) => void,
  setReviewing: (draft: Draft | null) => void,
  setDone: (sentence: string) => void,
) {
  const client = useQueryClient();
  const { organisationId } = view;
  const refresh = () => client.invalidateQueries({ queryKey: policyQuery(organisationId).queryKey });
  return async (draft: Draft, acceptLockOut: readonly string[]): Promise<void> => {
    const { version, base, own } = draft;
    try {
      const reply = await endingTheSession(changeRules(organisationId, version, own, acceptLockOut));
      setDraft(saved(draft, reply.version));
    } catch (error) {
      if (refusalCode(error) !== 'conflict') throw error;
      setReviewing(null);
      setDraft(draft);
      await refresh();
      return;
    }
    setReviewing(null);
    const switched = own.enforced ? 'rules.enforced' : 'rules.notEnforced';
    setDone(t(base.enforced === own.enforced ? 'rules.saved' : switched));
    window.scrollTo(0, 0);
    await refresh();
  };
}
