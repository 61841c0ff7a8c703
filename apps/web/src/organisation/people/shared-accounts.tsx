import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { answered } from '../../api/problem';
import { sharedAccountsQuery, type SharedAccount } from '../../api/queries';
import { Button } from '../../elements/button';
import { Notice } from '../../elements/notice';
import { useAction } from '../../elements/use-action';
import { problemSentence } from '../../words/problem-sentence';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';

/** Accounts that several people may share, each with its reasons, for an administrator to decide on (PRODUCT AX6). */
export function SharedAccounts() {
  const { organisation } = useOrganisation();
  const { data: accounts = [] } = useQuery(sharedAccountsQuery(organisation.organisationId));
  const [problem, setProblem] = useState<string | null>(null);
  if (accounts.length === 0) return null;
  return (
    <section className="part" aria-labelledby="shared-accounts">
      <h2 id="shared-accounts">{t('sharedAccounts.heading')}</h2>
      <p className="part-lead">{t('sharedAccounts.lead')}</p>
      {problem !== null && <Notice tone="problem">{problem}</Notice>}
      <ul className="cards">
        {accounts.map((account) => (
          <Account key={account.personId} account={account} onProblem={setProblem} />
        ))}
      </ul>
    </section>
  );
}

interface AccountProps {
  readonly account: SharedAccount;
  readonly onProblem: (sentence: string | null) => void;
}

function Account({ account, onProblem }: AccountProps) {
  const { name, emailHint, signs, decision, shared, refused } = account;
  const standing = refused ? 'refused' : shared ? 'shared' : decision === null ? 'open' : 'personal';
  const decide = useDecision(account, onProblem);
  return (
    <li className="card">
      <Users aria-hidden />
      <div className="card-words">
        <h3 className="card-name">{name}</h3>
        <p>{emailHint}</p>
        <p>{t(`sharedAccounts.standing.${standing}`)}</p>
        {signs.map((sign) => (
          <p key={sign}>{t(`sharedAccounts.signs.${sign}`)}</p>
        ))}
        {decision !== null && decision.reason !== null && <p>{decision.reason}</p>}
      </div>
      {decision?.shared !== true && (
        <Button
          label={t('sharedAccounts.markSharedNamed', { name })}
          pending={decide.pending}
          onPress={() => void decide.start(true)}
        >
          {t('sharedAccounts.markShared')}
        </Button>
      )}
      {decision?.shared !== false && (
        <Button
          label={t('sharedAccounts.markPersonalNamed', { name })}
          pending={decide.pending}
          onPress={() => void decide.start(false)}
        >
          {t('sharedAccounts.markPersonal')}
        </Button>
      )}
    </li>
  );
}

function useDecision({ personId }: SharedAccount, onProblem: AccountProps['onProblem']) {
  const client = useQueryClient();
  const { organisation } = useOrganisation();
  const { organisationId } = organisation;
  return useAction(async (shared: boolean) => {
    onProblem(null);
    const params = { path: { organisationId, personId } };
    try {
      await answered(
        api.PUT('/v1/organisations/{organisationId}/people/{personId}/shared-account', { params, body: { shared } }),
      );
    } catch (error) {
      return onProblem(problemSentence(error, new Date()));
    }
    await client.invalidateQueries({ queryKey: sharedAccountsQuery(organisationId).queryKey });
  });
}
