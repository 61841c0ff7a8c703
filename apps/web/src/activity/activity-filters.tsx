import { Button } from '../elements/button';
import { Choose } from '../elements/choose';
import { TextInput } from '../elements/text-input';
import { t } from '../words/words';
import { everything, isReversed, type Choice } from './choice';
import { activityLabel, activityTypes, type Named } from './sentence';

interface ActivityFiltersProps {
  readonly choice: Choice & { readonly any: boolean };
  readonly people: readonly Named[];
  readonly onChange: (choice: Choice) => void;
}

const noInput = () => undefined;

/** Narrows the list by person, by what happened, and by day; takes effect at once. */
export function ActivityFilters({ choice: { any, ...choice }, people, onChange }: ActivityFiltersProps) {
  const types = activityTypes.map((id) => ({ id, name: activityLabel(id) }));
  const reversed = isReversed(choice) ? t('activity.order') : null;
  return (
    <div className="filters" role="group" aria-label={t('activity.filters')}>
      <Choose
        label={t('activity.person')}
        all={t('activity.everyone')}
        options={people.map(({ personId, name }) => ({ id: personId, name }))}
        value={choice.person}
        onChange={(person) => onChange({ ...choice, person })}
      />
      <Choose
        label={t('activity.type')}
        all={t('activity.everything')}
        options={types}
        value={choice.type}
        onChange={(type) => onChange({ ...choice, type })}
      />
      {(['from', 'to'] as const).map((end) => (
        <TextInput
          key={end}
          kind="date"
          name={end}
          label={t(`activity.${end}`)}
          value={choice[end]}
          onChange={(value) => onChange({ ...choice, [end]: value })}
          problem={end === 'from' ? reversed : null}
          inputRef={noInput}
          autoComplete="off"
        />
      ))}
      <div className="filters-clear">
        {any && (
          <Button look="plain" onPress={() => onChange(everything)}>
            {t('activity.clear')}
          </Button>
        )}
      </div>
    </div>
  );
}
