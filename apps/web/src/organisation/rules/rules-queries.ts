import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import { answered } from '../../api/problem';
import type { PolicyView } from '../../api/queries';
import { policyOf, type Rules } from './rules';

/** Whom a forecast lists. */
export type ForecastList = 'set-up' | 'loses-method' | 'locked-out';

export const policyQuery = (organisationId: string) =>
  queryOptions({
    queryKey: ['policy', organisationId],
    queryFn: (): Promise<PolicyView> =>
      answered(api.GET('/v1/organisations/{organisationId}/policy', { params: { path: { organisationId } } })),
  });

export const presetsQuery = queryOptions({
  queryKey: ['presets'],
  queryFn: async () => (await answered(api.GET('/v1/presets'))).presets,
  staleTime: Infinity,
});

const forecast = (
  organisationId: string,
  rules: Rules,
  query: { list?: ForecastList; after?: string; limit: number },
) =>
  answered(
    api.POST('/v1/organisations/{organisationId}/policy/forecast', {
      params: { path: { organisationId }, query },
      body: { policy: policyOf(rules) },
    }),
  );

/** What rules would do, in numbers, and what they would reach; refused where nobody could live under them. */
export const forecastQuery = (organisationId: string, version: number, rules: Rules) =>
  queryOptions({
    queryKey: ['forecast', organisationId, version, rules],
    queryFn: () => forecast(organisationId, rules, { limit: 1 }),
    staleTime: 0,
  });

/** Who they are, page by page. */
export const forecastPeopleQuery = (organisationId: string, version: number, rules: Rules, list: ForecastList) =>
  infiniteQueryOptions({
    queryKey: ['forecast', organisationId, version, rules, list],
    queryFn: ({ pageParam }) =>
      forecast(organisationId, rules, { list, limit: 500, ...(pageParam === null ? {} : { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });

/** Makes the rules those of the practice; gives back their version. */
export const changeRules = (organisationId: string, version: number, rules: Rules, acceptLockOut: readonly string[]) =>
  answered(
    api.PUT('/v1/organisations/{organisationId}/policy', {
      params: { path: { organisationId } },
      body: {
        version,
        policy: policyOf(rules),
        ...(acceptLockOut.length > 0 ? { acceptLockOut: [...acceptLockOut] } : {}),
      },
    }),
  );

/** Everyone who would be locked out, as far as one change can name them. */
export const lockedOutQuery = (organisationId: string, version: number, rules: Rules) =>
  queryOptions({
    queryKey: ['forecast', organisationId, version, rules, 'locked-out', 'all'],
    queryFn: async () => (await forecast(organisationId, rules, { list: 'locked-out', limit: 500 })).people,
    staleTime: 0,
  });
