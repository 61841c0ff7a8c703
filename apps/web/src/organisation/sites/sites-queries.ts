import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import { answered } from '../../api/problem';

export const sitesQuery = (organisationId: string) =>
  queryOptions({
    queryKey: ['sites', organisationId],
    queryFn: async () =>
      (await answered(api.GET('/v1/organisations/{organisationId}/sites', { params: { path: { organisationId } } })))
        .sites,
  });

export const addSite = (organisationId: string, name: string) =>
  answered(
    api.POST('/v1/organisations/{organisationId}/sites', { params: { path: { organisationId } }, body: { name } }),
  );

export const renameSite = (organisationId: string, siteId: string, name: string) =>
  answered(
    api.PUT('/v1/organisations/{organisationId}/sites/{siteId}', {
      params: { path: { organisationId, siteId } },
      body: { name },
    }),
  );

export const removeSite = (organisationId: string, siteId: string) =>
  answered(
    api.DELETE('/v1/organisations/{organisationId}/sites/{siteId}', { params: { path: { organisationId, siteId } } }),
  );
