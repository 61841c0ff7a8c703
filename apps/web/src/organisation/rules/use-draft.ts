import { useEffect, useState } from 'react';
import type { PolicyView } from '../../api/queries';
import { freshDraft, onTopOf, unsaved, type Draft } from './draft';

/** Drafts outlive their page, so that a way round by the own set-up loses none; a reload forgets them. */
const kept = new Map<string, Draft>();

/** The rules that someone edits in a practice; newer ones come below them by themselves. */
export function useDraft(personId: string, view: PolicyView) {
  const key = `${personId} ${view.organisationId}`;
  const [draft, setDraft] = useState(() => kept.get(key) ?? freshDraft(view));
  if (view.version > draft.version) setDraft(onTopOf(draft, view));
  useEffect(() => {
    if (unsaved(draft).length > 0) kept.set(key, draft);
    else kept.delete(key);
  }, [key, draft]);
  return [draft, setDraft] as const;
}
