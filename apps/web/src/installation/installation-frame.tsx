import { NavLink, Outlet, useOutletContext } from 'react-router';
import type { AccountContext } from '../frame/account-frame';
import { Closed } from '../frame/closed';
import { t } from '../words/words';

const pages = ['practices', 'person', 'staff'] as const;
const addresses = { practices: 'practices', person: 'person', staff: 'support-staff' } as const;

/** What only the operator of the installation sees: its practices, any one person, and its support staff. */
export function InstallationFrame() {
  const context = useOutletContext<AccountContext>();
  if (!context.session.installationRoles.includes('operator')) return <Closed>{t('installation.closed')}</Closed>;
  return (
    <>
      <nav className="section-nav" aria-label={t('frame.installation')}>
        {pages.map((page) => (
          <NavLink key={page} to={`/installation/${addresses[page]}`}>
            {t(`installation.${page}.heading`)}
          </NavLink>
        ))}
      </nav>
      <Outlet context={context} />
    </>
  );
}
