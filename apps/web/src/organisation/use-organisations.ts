import { useState } from 'react';
import { useLocation, useMatch } from 'react-router';
import type { SessionView } from '../api/queries';
import { sectionOfPath, sectionsOf, type Organisation, type Section } from './sections';

export interface Organisations {
  /** Those that open a page to the signed-in person. */
  readonly all: readonly Organisation[];
  /** The one of the address; beside the pages of practices the one that was shown last, or the first. */
  readonly current: Organisation | null;
  /** The page of it that is shown. */
  readonly section: Section | null;
}

/** Which practices someone has pages of, and with which they are at work. */
export function useOrganisations(session: SessionView | null): Organisations {
  const { pathname } = useLocation();
  const addressed = useMatch('/organisations/:organisationId/*')?.params.organisationId ?? null;
  const [last, setLast] = useState<string | null>(null);
  if (addressed !== null && addressed !== last) setLast(addressed);
  const all = session?.organisations.filter((one) => sectionsOf(one).length > 0) ?? [];
  const current = all.find(({ organisationId }) => organisationId === last) ?? all[0] ?? null;
  return { all, current, section: sectionOfPath(pathname) };
}
