import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { answered } from '../../api/problem';
import { resetsQuery } from '../../api/queries';
import { PageHeading } from '../../elements/page-heading';
import { Reading } from '../../elements/reading';
import { WaitingResets, type Decision } from '../../resets/waiting-resets';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';

/** The resets that wait for an administrator of this practice (PRODUCT BX5). */
export function ResetsPage() {
  const { organisationId } = useOrganisation().organisation;
  const resets = useQuery(resetsQuery(organisationId));
  const decide = (decision: Decision, resetId: string, password: string) => {
    const call = { params: { path: { organisationId, resetId } }, body: { password } };
    return decision === 'approve'
      ? answered(api.POST('/v1/organisations/{organisationId}/resets/{resetId}/approval', call))
      : answered(api.POST('/v1/organisations/{organisationId}/resets/{resetId}/refusal', call));
  };
  return (
    <>
      <PageHeading>{t('resets.heading')}</PageHeading>
      <div className="lead">
        <p>{t('resets.lead')}</p>
      </div>
      <Reading query={resets} lines={4}>
        {(data) => <WaitingResets resets={data} decide={decide} />}
      </Reading>
    </>
  );
}
