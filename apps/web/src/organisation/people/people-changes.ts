import { api } from '../../api/client';
import { answered } from '../../api/problem';
import { queryClient } from '../../api/query-client';
import type { Person } from '../../api/queries';
import { endingTheSession } from '../../security/ending-the-session';

const path = (organisationId: string, personId: string) => ({ params: { path: { organisationId, personId } } });

/** What the practice shows of its people is read again. */
async function refreshed<Reply>(organisationId: string, change: Promise<Reply>): Promise<Reply> {
  const reply = await endingTheSession(change);
  await queryClient.invalidateQueries({ queryKey: ['people', organisationId] });
  await queryClient.invalidateQueries({ queryKey: ['sites', organisationId] });
  return reply;
}

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly roles: Person['roles'];
  readonly siteIds: readonly string[];
}

export const addPerson = (organisationId: string, { name, email, roles, siteIds }: NewPerson) =>
  refreshed(
    organisationId,
    answered(
      api.POST('/v1/organisations/{organisationId}/people', {
        params: { path: { organisationId } },
        body: { name, email, roles, siteIds: [...siteIds] },
      }),
    ),
  );

export const changePerson = (
  organisationId: string,
  personId: string,
  { roles, siteIds }: Pick<NewPerson, 'roles' | 'siteIds'>,
) =>
  refreshed(
    organisationId,
    answered(
      api.PUT('/v1/organisations/{organisationId}/people/{personId}', {
        ...path(organisationId, personId),
        body: { roles, siteIds: [...siteIds] },
      }),
    ),
  );

export const removePerson = (organisationId: string, personId: string) =>
  refreshed(
    organisationId,
    answered(api.DELETE('/v1/organisations/{organisationId}/people/{personId}', path(organisationId, personId))),
  );

export const sendFirstPassword = (organisationId: string, personId: string) =>
  refreshed(
    organisationId,
    answered(
      api.POST('/v1/organisations/{organisationId}/people/{personId}/first-password', path(organisationId, personId)),
    ),
  );
