import { useQuery, useQueryClient } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Navigate, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered, refusalCode } from '../api/problem';
import { leave } from '../api/query-client';
import { meQuery, visitorQuery, type SessionView } from '../api/queries';
import { Button } from '../elements/button';
import { Notice } from '../elements/notice';
import { Reading } from '../elements/reading';
import { useAction } from '../elements/use-action';
import { OrganisationSwitcher } from '../organisation/organisation-switcher';
import { pathOf, sectionsOf, type Organisation } from '../organisation/sections';
import { useOrganisations } from '../organisation/use-organisations';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { Wordmark } from './mark';

/** What the pages inside the account are given. */
export interface AccountContext {
  readonly session: SessionView;
}

/** The frame of the account's pages; without a session it shows the way to one. */
export function AccountFrame() {
  const visitor = useQuery(visitorQuery);
  const location = useLocation();
  if (visitor.data?.state === 'signed-out') {
    const { because } = visitor.data;
    const returnTo = because === 'signed-out' ? null : location.pathname;
    return <Navigate to="/sign-in" replace state={{ because, returnTo }} />;
  }
  if (visitor.data?.state === 'signing-in') return <Navigate to="/sign-in/code" replace />;
  return (
    <div className="account">
      <a className="skip" href="#main">
        {t('page.skip')}
      </a>
      <AccountHeader session={visitor.data?.session ?? null} />
      <main className="account-main" id="main" tabIndex={-1}>
        <Reading query={visitor} lines={6}>
          {(data) => (data.state === 'signed-in' ? <Outlet context={{ session: data.session }} /> : null)}
        </Reading>
      </main>
    </div>
  );
}

function AccountHeader({ session }: { readonly session: SessionView | null }) {
  const me = useQuery({ ...meQuery, enabled: session !== null });
  const { all, current, section } = useOrganisations(session);
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string | null>(null);
  const signOut = useAction(async () => {
    try {
      await answered(api.DELETE('/v1/session'));
    } catch (error) {
      if (refusalCode(error) !== 'not-signed-in') return setProblem(problemSentence(error, new Date()));
    }
    leave('signed-out');
  });
  useSessionEnd(session);
  return (
    <header className="account-header">
      <div className="account-bar">
        <Wordmark />
        <div className="account-practice">
          {current === null ? (
            session?.organisations.map(({ name }) => name).join(', ')
          ) : (
            <OrganisationSwitcher
              organisations={all}
              current={current}
              onSwitch={(chosen) => void navigate(pathOf(chosen, section) ?? '/security')}
            />
          )}
        </div>
        <span className="account-person" title={me.data?.email}>
          {me.data?.name}
        </span>
        <Button look="plain" onPress={() => void signOut.start()} pending={signOut.pending}>
          <LogOut aria-hidden />
          {t('frame.signOut')}
        </Button>
      </div>
      <nav className="account-nav" aria-label={t('frame.sections')}>
        {current !== null && <OrganisationLinks organisation={current} />}
        {(session?.installationRoles ?? []).length > 0 && <NavLink to="/support">{t('frame.support')}</NavLink>}
        {session?.installationRoles.includes('operator') && (
          <NavLink to="/installation">{t('frame.installation')}</NavLink>
        )}
        <NavLink to="/security">{t('frame.security')}</NavLink>
      </nav>
      {problem !== null && <Notice tone="problem">{problem}</Notice>}
    </header>
  );
}

function OrganisationLinks({ organisation }: { readonly organisation: Organisation }) {
  return sectionsOf(organisation).map((section) => (
    <NavLink key={section} to={`/organisations/${organisation.organisationId}/${section}`}>
      {t(`frame.${section}`)}
    </NavLink>
  ));
}

/** Asks again when the session should be over, so that nothing stays on an unattended screen. */
function useSessionEnd(session: SessionView | null): void {
  const client = useQueryClient();
  const ends = session === null ? null : Math.min(Date.parse(session.expiresAt), Date.parse(session.idleExpiresAt));
  useEffect(() => {
    if (ends === null) return;
    const wait = Math.max(1_000, ends - Date.now() + 1_000);
    const timer = setTimeout(() => void client.invalidateQueries({ queryKey: visitorQuery.queryKey }), wait);
    return () => clearTimeout(timer);
  }, [client, ends]);
}
