import type { PolicyView } from '../../api/queries';
import { changedSettings, rebased, rulesOf, type Rules, type Setting } from './rules';

/** What somebody else saved while one was editing. */
export interface News {
  readonly by: string;
  readonly at: string;
  /** The settings that they changed. */
  readonly theirs: readonly Setting[];
  /** Of these, those that one has changed too; one's own value is kept. */
  readonly both: readonly Setting[];
}

/** Rules that are being edited. */
export interface Draft {
  /** The version that stands below them; to be sent with a change. */
  readonly version: number;
  readonly base: Rules;
  readonly own: Rules;
  readonly news: News | null;
}

type Standing = Pick<PolicyView, 'version' | 'policy' | 'changed'>;

export const freshDraft = ({ version, policy }: Standing): Draft => {
  const rules = rulesOf(policy);
  return { version, base: rules, own: rules, news: null };
};

/** The settings that one has changed and not saved. */
export const unsaved = ({ base, own }: Draft): readonly Setting[] => changedSettings(base, own);

/** The draft after its own rules were saved. */
export const saved = ({ own }: Draft, version: number): Draft => ({ version, base: own, own, news: null });

/** The draft on top of newer rules: nothing of theirs is overwritten unseen, and nothing of one's own is lost. */
export function onTopOf(draft: Draft, standing: Standing): Draft {
  const { version, policy, changed } = standing;
  const base = rulesOf(policy);
  const own = rebased(draft.base, draft.own, base);
  const theirs = changedSettings(draft.base, base);
  const mine = unsaved(draft);
  const both = theirs.filter((setting) => mine.includes(setting) && changedSettings(base, own).includes(setting));
  const news = changed && mine.length > 0 ? { by: changed.by.name, at: changed.at, theirs, both } : null;
  return { version, base, own, news };
}
