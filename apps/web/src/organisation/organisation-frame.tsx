import { Navigate, Outlet, useOutletContext, useParams } from 'react-router';
import type { AccountContext } from '../frame/account-frame';
import { Closed } from '../frame/closed';
import { t } from '../words/words';
import { opens, pathOf, type Organisation, type Section } from './sections';

/** What the pages of a practice are given. */
export interface OrganisationContext extends AccountContext {
  readonly organisation: Organisation;
}

export const useOrganisation = (): OrganisationContext => useOutletContext<OrganisationContext>();

/** The pages of one practice, for those who belong to it. */
export function OrganisationFrame() {
  const context = useOutletContext<AccountContext>();
  const { organisationId } = useParams();
  const organisation = context.session.organisations.find((one) => one.organisationId === organisationId);
  if (organisation === undefined) return <Closed>{t('organisation.unknown')}</Closed>;
  return <Outlet context={{ ...context, organisation } satisfies OrganisationContext} />;
}

/** Leads to the first page that is open. */
export function OrganisationStart() {
  const { organisation } = useOrganisation();
  return <Navigate to={pathOf(organisation, null) ?? '/security'} replace />;
}

/** The pages of one section, or the sentence that it is not open to this role. */
export function OpenTo({ section }: { readonly section: Section }) {
  const context = useOrganisation();
  if (opens(context.organisation, section)) return <Outlet context={context} />;
  return <Closed>{t('organisation.closed', { practice: context.organisation.name })}</Closed>;
}
