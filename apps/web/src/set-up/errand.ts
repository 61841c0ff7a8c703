import { useSearchParams } from 'react-router';
import { destinationOf } from '../sign-in/arrival';

const parameter = 'then';

/** The address of a set-up that is on the way to another page, and leads back there. */
export const setUpThen = (path: string | null): string =>
  path === null ? '/set-up' : `/set-up?${new URLSearchParams({ [parameter]: path }).toString()}`;

/** The same of what is set up, after one was added. */
export function doneThen(added: string, path: string | null): string {
  const parameters = new URLSearchParams({ added, ...(path === null ? {} : { [parameter]: path }) });
  return `/set-up/done?${parameters.toString()}`;
}

/** The page for whose sake something is set up; null where it is for its own. */
export function useErrand(): string | null {
  const [parameters] = useSearchParams();
  return destinationOf(parameters.get(parameter));
}
