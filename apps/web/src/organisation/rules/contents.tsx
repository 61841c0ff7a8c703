import { t } from '../../words/words';
import { goTo } from './go-to';
import { groupNames } from './groups';

/** The parts of a long page. */
export function Contents() {
  const parts = [
    ...groupNames.map((group) => ({ id: `part-${group}`, name: t(`rules.groups.${group}`) })),
    { id: 'part-assurance', name: t('rules.assurance') },
  ];
  return (
    <nav className="contents" aria-label={t('rules.contents')}>
      {parts.map(({ id, name }) => (
        <a href={`#${id}`} key={id} onClick={(event) => goTo(event, id)}>
          {name}
        </a>
      ))}
    </nav>
  );
}
