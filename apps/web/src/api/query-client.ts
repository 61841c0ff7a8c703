import { QueryCache, QueryClient } from '@tanstack/react-query';
import { Refusal, refusalCode, Unreachable } from './problem';
import { visitorQuery, type Departure, type Visitor } from './queries';

/** A read that is refused for a moment only (503 with Retry-After) is asked again, three times; nothing else is. */
const retry = (failures: number, error: Error): boolean =>
  failures < 3 &&
  ((error instanceof Refusal && error.problem.status === 503) || (error instanceof Unreachable && failures < 1));

const retryDelay = (failures: number, error: Error): number =>
  error instanceof Refusal && error.retryAfter !== null ? error.retryAfter * 1000 : 500 * (failures + 1);

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (refusalCode(error) === 'not-signed-in') leave('ended');
    },
  }),
  // Without `always`, TanStack Query would wait in silence while the browser is offline; people are told instead.
  defaultOptions: { queries: { retry, retryDelay, networkMode: 'always', staleTime: 5_000 } },
});

/** Forgets everything that was read for the person who was here; the frame then shows the sign-in page. */
export function leave(because: Departure): void {
  const before = queryClient.getQueryData(visitorQuery.queryKey);
  if (before?.state === 'signed-out') return;
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'visitor' });
  const departed: Visitor = { state: 'signed-out', because: before?.state === 'signed-in' ? because : 'not-yet' };
  queryClient.setQueryData(visitorQuery.queryKey, departed);
}

/** After a step that changed who is here: everything is read anew when it is next shown. */
export async function arrive(): Promise<void> {
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'visitor' });
  await queryClient.fetchQuery({ ...visitorQuery, staleTime: 0 });
}
