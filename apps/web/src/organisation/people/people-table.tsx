import { Link } from 'react-router';
import type { Person } from '../../api/queries';
import { t } from '../../words/words';
import { rolesInWords } from './roles-in-words';
import { SecondFactorMark } from './second-factor-state';

/** People, each with a way to their own page; cards in a narrow window. The roles keep it a table for screen readers. */
export function PeopleTable({ people }: { readonly people: readonly Person[] }) {
  return (
    <table className="people" role="table">
      <caption className="hidden">{t('people.caption')}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {(['name', 'role', 'secondFactor'] as const).map((column) => (
            <th role="columnheader" scope="col" key={column}>
              {t(`people.columns.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {people.map(({ personId, name, emailHint, roles, secondFactor, firstPassword }) => (
          <tr role="row" key={personId}>
            <th role="rowheader" scope="row" className="people-name">
              <Link to={personId}>{name}</Link>
              <span className="people-email">{emailHint}</span>
              {firstPassword === 'missing' && <span className="people-email">{t('people.noPasswordYet')}</span>}
            </th>
            <td role="cell">{rolesInWords(roles)}</td>
            <td role="cell">
              <SecondFactorMark state={secondFactor} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
