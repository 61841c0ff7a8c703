import type { SupportCase } from '../api/queries';
import { t } from '../words/words';

/** Someone as support sees them: masked, with no more than helps to tell that they are who they say. */
export function HelpedPerson({ person }: { readonly person: SupportCase['person'] }) {
  const { maskedName, emailHint, practices, methods } = person;
  return (
    <dl className="facts">
      <div>
        <dt>{t('support.name')}</dt>
        <dd>{maskedName}</dd>
      </div>
      <div>
        <dt>{t('fields.email')}</dt>
        <dd>{emailHint}</dd>
      </div>
      <div>
        <dt>{t('support.practices')}</dt>
        <dd>{practices.length === 0 ? t('support.noPractice') : practices.join(', ')}</dd>
      </div>
      <div>
        <dt>{t('security.twoFactor')}</dt>
        <dd>
          {methods.length === 0
            ? t('people.secondFactor.none')
            : methods.map((type) => t(`factors.${type}`)).join(', ')}
        </dd>
      </div>
    </dl>
  );
}
