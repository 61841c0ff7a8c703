import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import { answered } from '../api/problem';

/** Every practice of the installation, page by page. */
export const practicesQuery = infiniteQueryOptions({
  queryKey: ['installation-practices'],
  queryFn: ({ pageParam }) =>
    answered(
      api.GET('/v1/organisations', {
        params: { query: { limit: 50, ...(pageParam === null ? {} : { after: pageParam }) } },
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next,
});

export const supportStaffQuery = queryOptions({
  queryKey: ['support-staff'],
  queryFn: async () => (await answered(api.GET('/v1/support-staff'))).people,
});
