import { useQuery } from '@tanstack/react-query';
import { Navigate } from 'react-router';
import { installationQuery, visitorQuery } from '../api/queries';
import { PageHeading } from '../elements/page-heading';
import { Failure, Skeleton } from '../elements/reading';
import { t } from '../words/words';

/** Sends each visitor to the page that is theirs; an empty installation first wants a practice. */
export function StartPage() {
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
