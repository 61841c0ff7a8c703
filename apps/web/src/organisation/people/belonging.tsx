import { useQuery } from '@tanstack/react-query';
import type { Person } from '../../api/queries';
import { Ticks } from '../../elements/ticks';
import { locale, t } from '../../words/words';
import { sitesQuery } from '../sites/sites-queries';

type Role = Person['roles'][number];
const roles: readonly Role[] = ['member', 'administrator', 'analyst', 'patient'];

export interface Belonging {
  readonly roles: Role[];
  /** None: the whole practice. */
  readonly siteIds: string[];
}

interface SitesInWordsProps {
  readonly organisationId: string;
  readonly siteIds: readonly string[];
}

/** The sites to which somebody belongs, by name, once the practice has any. */
export function SitesInWords({ organisationId, siteIds }: SitesInWordsProps) {
  const { data: sites = [] } = useQuery(sitesQuery(organisationId));
  if (sites.length === 0) return null;
  const names = sites.filter(({ siteId }) => siteIds.includes(siteId)).map(({ name }) => name);
  return (
    <dl className="facts">
      <div>
        <dt>{t('people.sites')}</dt>
        <dd>{names.length === 0 ? t('people.wholePractice') : new Intl.ListFormat(locale).format(names)}</dd>
      </div>
    </dl>
  );
}

interface BelongingFieldsProps {
  readonly organisationId: string;
  readonly value: Belonging;
  readonly onChange: (value: Belonging) => void;
}

/** As what, and where, somebody belongs to the practice. Sites are asked for once there are any. */
export function BelongingFields({ organisationId, value, onChange }: BelongingFieldsProps) {
  const sites = useQuery(sitesQuery(organisationId));
  return (
    <>
      <div className="field">
        <p className="field-label" id="roles">
          {t('people.rolesLabel')}
        </p>
        <Ticks
          labelledBy="roles"
          options={roles.map((id) => ({ id, name: t(`people.roleSentences.${id}`) }))}
          value={value.roles}
          onChange={(chosen) => onChange({ ...value, roles: chosen })}
        />
      </div>
      {sites.data !== undefined && sites.data.length > 0 && (
        <div className="field">
          <p className="field-label" id="sites-of-person">
            {t('people.sitesLabel')}
          </p>
          <Ticks
            labelledBy="sites-of-person"
            options={sites.data.map(({ siteId, name }) => ({ id: siteId, name }))}
            value={value.siteIds}
            onChange={(chosen) => onChange({ ...value, siteIds: chosen })}
          />
        </div>
      )}
    </>
  );
}
