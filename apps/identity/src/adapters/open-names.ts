import type { PersonalFields } from '@cofactor/secret-vault';
import type { PersonRow } from './directory';

/** The names of people by their ids, opened in one go. */
export type OpenNames = (
  people: readonly Pick<PersonRow, 'personId' | 'sealedName'>[],
) => Promise<ReadonlyMap<string, string>>;

const nameOf = (opened: unknown): string => (typeof opened === 'string' ? opened : 'Erased person');

/** Opens names for showing; somebody whose key was destroyed has none any more (PRODUCT BX7). */
export function openingNames(personalFields: Pick<PersonalFields, 'open' | 'openMany'>) {
  const openName = async (personId: string, sealed: string): Promise<string> =>
    nameOf(await personalFields.open(personId, sealed));
  const openNames: OpenNames = async (people) => {
    const sealed = people.map(({ personId, sealedName }) => ({ personId, sealed: sealedName }));
    const names = (await personalFields.openMany(sealed)).map(nameOf);
    return new Map(people.map(({ personId }, index) => [personId, names[index] ?? '']));
  };
  return { openName, openNames };
}
