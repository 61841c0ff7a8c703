import type { Location } from 'react-router';
import { arrive, queryClient } from '../api/query-client';
import { factorsQuery, type Departure, type Next } from '../api/queries';
import { signInProgress } from './progress';

/** What one page tells the next through the browser's history; never anything secret. */
export interface Arrival {
  readonly because: Departure | 'sign-in-expired' | 'created' | null;
  readonly returnTo: string | null;
  readonly email: string | null;
}

const reasons = ['not-yet', 'ended', 'signed-out', 'reset', 'sign-in-expired', 'created'] as const;
/** The pages of the account: one's own, and those of practices and of the installation. */
const destinations = /^\/(security|support|installation(\/[\w-]{1,40})?|organisations(\/[\w-]{1,40}){1,3})$/;

/** The address of a page of the account; null for anything else that stands where one was expected. */
export const destinationOf = (path: string | null): string | null =>
  path !== null && destinations.test(path) ? path : null;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Reads the state of a history entry, which may be anything that an older release has left there. */
export function arrivalOf(location: Location): Arrival {
  const entry: unknown = location.state;
  const state: Record<string, unknown> = typeof entry === 'object' && entry !== null ? { ...entry } : {};
  const returnTo = text(state['returnTo']);
  return {
    because: reasons.find((reason) => reason === state['because']) ?? null,
    returnTo: destinationOf(returnTo),
    email: text(state['email']),
  };
}

/**
 * Where a sign-in goes from here. Someone who signed in without any second factor is offered to set one up; everyone
 * else comes to the page that they wanted.
 */
export async function pathAfter(next: Next, returnTo: string | null): Promise<string> {
  switch (next.step) {
    case 'second-factor':
      return '/sign-in/code';
    case 'set-up':
      await arrive();
      return '/set-up';
    case 'completed': {
      signInProgress.forget();
      await arrive();
      const { factors, allowed } = await queryClient.fetchQuery(factorsQuery);
      return factors.length === 0 && allowed.length > 0 ? '/set-up' : (returnTo ?? '/security');
    }
  }
}
