import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import { api, readAfterHeader } from './client';
import type { operations } from './openapi.gen';
import { answered, refusalCode } from './problem';

type Reply<Id extends keyof operations> = operations[Id]['responses'] extends {
  200: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

export type SessionView = Reply<'readSession'>;
export type Factors = Reply<'listFactors'>;
export type Factor = Factors['factors'][number];
export type FactorType = Factor['type'];
export type Person = Reply<'readPerson'>;
export type SecondFactorState = Person['secondFactor'];
export type Site = Reply<'listSites'>['sites'][number];
export type SharedAccount = Reply<'listSharedAccounts'>['accounts'][number];
export type PolicyView = Reply<'readPolicy'>;
export type SessionSummary = Reply<'listSessions'>['sessions'][number];
export type AuditRecord = Reply<'listAuditRecords'>['records'][number];
export type WaitingReset = Reply<'listResets'>['resets'][number];
export type SupportCase = Reply<'readSupportCase'>;
export type Practice = Reply<'listOrganisations'>['organisations'][number];
/** Someone of support, as the operator sees them. */
export type SupportColleague = Reply<'listSupportStaff'>['people'][number];
export interface LookUp {
  readonly lookUpId: string;
  readonly person: SupportCase['person'] | null;
}
export type Next = Reply<'readSignIn'>['next'];
export type Method = Extract<Next, { step: 'second-factor' }>['methods'][number];

/** Why a page that needs a session sends people to the sign-in page. */
export type Departure = 'not-yet' | 'ended' | 'signed-out' | 'reset';

/** Who the browser's cookie says is here: someone, someone half-way through signing in, or nobody. */
export type Visitor =
  | { readonly state: 'signed-in'; readonly session: SessionView }
  | { readonly state: 'signing-in' }
  | { readonly state: 'signed-out'; readonly because: Departure };

async function readVisitor(client: QueryClient): Promise<Visitor> {
  try {
    return { state: 'signed-in', session: await answered(api.GET('/v1/session')) };
  } catch (error) {
    const code = refusalCode(error);
    if (code === 'second-factor-required' || code === 'set-up-required') return { state: 'signing-in' };
    if (code !== 'not-signed-in') throw error;
    const before = client.getQueryData<Visitor>(['visitor']);
    if (before?.state === 'signed-out') return before;
    return { state: 'signed-out', because: before?.state === 'signed-in' ? 'ended' : 'not-yet' };
  }
}

export const visitorQuery = queryOptions({
  queryKey: ['visitor'],
  queryFn: ({ client }) => readVisitor(client),
  staleTime: 30_000,
});

export const installationQuery = queryOptions({
  queryKey: ['installation'],
  queryFn: () => answered(api.GET('/v1/installation')),
  staleTime: 30_000,
});

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => answered(api.GET('/v1/me')) });

export const factorsQuery = queryOptions({
  queryKey: ['factors'],
  queryFn: () => answered(api.GET('/v1/me/factors')),
});

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async () => (await answered(api.GET('/v1/me/sessions'))).sessions,
});

export const signInQuery = (signInId: string) =>
  queryOptions({
    queryKey: ['sign-in', signInId],
    queryFn: async () => (await answered(api.GET('/v1/sign-ins/{signInId}', { params: { path: { signInId } } }))).next,
    staleTime: 0,
  });

const listPeople = (
  organisationId: string,
  query: { readonly limit: number; readonly after?: string; readonly secondFactor?: SecondFactorState },
) => answered(api.GET('/v1/organisations/{organisationId}/people', { params: { path: { organisationId }, query } }));

/** Everyone of a practice, or those who are so far with two-factor authentication, page by page. */
export const peopleQuery = (organisationId: string, secondFactor: SecondFactorState | null) =>
  infiniteQueryOptions({
    queryKey: ['people', organisationId, 'pages', secondFactor],
    queryFn: ({ pageParam }) =>
      listPeople(organisationId, {
        limit: 50,
        ...(secondFactor === null ? {} : { secondFactor }),
        ...(pageParam === null ? {} : { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });

/** As many of them as one reply holds, for their names. */
export const firstPeopleQuery = (organisationId: string) =>
  queryOptions({
    queryKey: ['people', organisationId, 'first'],
    queryFn: async () => (await listPeople(organisationId, { limit: 500 })).people,
    staleTime: 60_000,
  });

export const personQuery = (organisationId: string, personId: string) =>
  queryOptions({
    queryKey: ['people', organisationId, 'one', personId],
    queryFn: () =>
      answered(
        api.GET('/v1/organisations/{organisationId}/people/{personId}', {
          params: { path: { organisationId, personId } },
        }),
      ),
  });

/** Accounts of a practice that several people may share, as many as one reply holds. */
export const sharedAccountsQuery = (organisationId: string) =>
  queryOptions({
    queryKey: ['people', organisationId, 'shared-accounts'],
    queryFn: async () => {
      const params = { path: { organisationId }, query: { limit: 500 } };
      return (await answered(api.GET('/v1/organisations/{organisationId}/shared-accounts', { params }))).accounts;
    },
  });

/** The resets that wait for an administrator of the practice. */
export const resetsQuery = (organisationId: string) =>
  queryOptions({
    queryKey: ['resets', organisationId],
    queryFn: async () =>
      (await answered(api.GET('/v1/organisations/{organisationId}/resets', { params: { path: { organisationId } } })))
        .resets,
  });

/** Who reported a change of their methods as not their own, as support sees them. */
export const reportsQuery = queryOptions({
  queryKey: ['reports'],
  queryFn: () => answered(api.GET('/v1/support/reports')),
});

/** Those that somebody of support asked for. */
export const supportResetsQuery = queryOptions({
  queryKey: ['resets', 'support'],
  queryFn: async () => (await answered(api.GET('/v1/support/resets'))).resets,
});

export const supportCaseQuery = (caseId: string) =>
  queryOptions({
    queryKey: ['support-case', caseId],
    queryFn: () => answered(api.GET('/v1/support/cases/{caseId}', { params: { path: { caseId } } })),
  });

export interface ActivityFilter {
  readonly subject?: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
}

export const activityQuery = (organisationId: string, filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: ['activity', organisationId, filter],
    queryFn: ({ pageParam }) =>
      answered(
        api.GET('/v1/organisations/{organisationId}/audit/records', {
          params: {
            path: { organisationId },
            query: { ...filter, limit: 50, ...(pageParam === null ? {} : { after: pageParam }) },
            header: readAfterHeader(),
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
