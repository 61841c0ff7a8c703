import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { I18nProvider } from 'react-aria-components';
import { createBrowserRouter, Link, Navigate, RouterProvider } from 'react-router';
import { ActivityPage } from './activity/activity-page';
import { queryClient } from './api/query-client';
import { installationQuery, visitorQuery } from './api/queries';
import { PageHeading } from './elements/page-heading';
import { Failure, Skeleton } from './elements/reading';
import { AccountFrame } from './frame/account-frame';
import { DoorFrame } from './frame/door-frame';
import { UnexpectedTrouble } from './frame/unexpected-trouble';
import { CreatePracticePage } from './practice/create-practice-page';
import { FreshCodesProvider } from './recovery-codes/fresh-codes';
import { RecoveryCodesPage } from './recovery-codes/recovery-codes-page';
import { SecurityPage } from './security/security-page';
import { SetUpDonePage } from './set-up/set-up-done-page';
import { SetUpPage } from './set-up/set-up-page';
import { CodePage } from './sign-in/code-page';
import { SignInPage } from './sign-in/sign-in-page';
import { locale, t } from './words/words';

/** Sends each visitor to the page that is theirs; an empty installation first wants a practice. */
function StartPage() {
  const visitor = useQuery(visitorQuery);
  const installation = useQuery(installationQuery);
  const error = visitor.error ?? installation.error;
  if (error !== null) {
    const again = () => void Promise.all([visitor.refetch(), installation.refetch()]);
    return (
      <>
        <PageHeading>{t('trouble.heading')}</PageHeading>
        <Failure error={error} pending={visitor.isFetching || installation.isFetching} onTryAgain={again} />
      </>
    );
  }
  if (visitor.data === undefined || installation.data === undefined) return <Skeleton lines={5} />;
  if (visitor.data.state === 'signed-in') return <Navigate to="/security" replace />;
  if (visitor.data.state === 'signing-in') return <Navigate to="/sign-in/code" replace />;
  return <Navigate to={installation.data.organisations === 'none' ? '/create-practice' : '/sign-in'} replace />;
}

function NotFoundPage() {
  return (
    <>
      <PageHeading>{t('trouble.notFoundHeading')}</PageHeading>
      <div className="lead">
        <p>{t('trouble.notFound')}</p>
      </div>
      <Link className="button button-main" to="/">
        {t('trouble.home')}
      </Link>
    </>
  );
}

const router = createBrowserRouter([
  {
    errorElement: <UnexpectedTrouble />,
    children: [
      {
        element: <DoorFrame />,
        children: [
          { path: '/', element: <StartPage /> },
          { path: '/create-practice', element: <CreatePracticePage /> },
          { path: '/sign-in', element: <SignInPage /> },
          { path: '/sign-in/code', element: <CodePage /> },
          { path: '/set-up', element: <SetUpPage /> },
          { path: '/set-up/done', element: <SetUpDonePage /> },
          { path: '/recovery-codes', element: <RecoveryCodesPage /> },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
      {
        element: <AccountFrame />,
        children: [
          { path: '/security', element: <SecurityPage /> },
          { path: '/activity', element: <ActivityPage /> },
        ],
      },
    ],
  },
]);

export function App() {
  return (
    <I18nProvider locale={locale}>
      <QueryClientProvider client={queryClient}>
        <FreshCodesProvider>
          <RouterProvider router={router} />
        </FreshCodesProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}
