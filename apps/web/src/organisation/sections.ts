import type { SessionView } from '../api/queries';

/** A practice of the signed-in person, with the roles that they have in it. */
export type Organisation = SessionView['organisations'][number];
type Role = Organisation['roles'][number];

/** The pages of a practice, in the order of the navigation, and the roles that open each. */
const openTo = {
  people: ['administrator'],
  sites: ['administrator'],
  rules: ['administrator'],
  resets: ['administrator'],
  activity: ['administrator', 'analyst'],
} as const satisfies Record<string, readonly Role[]>;

export type Section = keyof typeof openTo;

const isSection = (name: string): name is Section => Object.hasOwn(openTo, name);
const sections: readonly Section[] = Object.keys(openTo).filter(isSection);

/** Whether someone's roles in a practice open a page of it. */
export const opens = ({ roles }: Pick<Organisation, 'roles'>, section: Section): boolean =>
  openTo[section].some((role) => roles.includes(role));

/** The pages that someone's roles in a practice open; none for members and patients. */
export const sectionsOf = (organisation: Pick<Organisation, 'roles'>): readonly Section[] =>
  sections.filter((section) => opens(organisation, section));

/** The page that an address of a practice shows, such as `/organisations/o-1/people/p-1`; null where it is none. */
export function sectionOfPath(path: string): Section | null {
  const [, , , name = ''] = path.split('/');
  return isSection(name) ? name : null;
}

/** The address of a page; of the first that the roles open, where they do not open that one. Null where they open none. */
export function pathOf(organisation: Organisation, wanted: Section | null): string | null {
  const open = sectionsOf(organisation);
  const section = open.find((one) => one === wanted) ?? open[0];
  return section === undefined ? null : `/organisations/${organisation.organisationId}/${section}`;
}
