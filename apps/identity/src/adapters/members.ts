import { DomainError, type OrganisationRole } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import { isCheckViolation, isForeignKeyViolation, type Sql } from '@cofactor/event-store';

export interface SiteRow {
  readonly siteId: string;
  readonly name: string;
  /** How many belong to it. */
  readonly people: number;
}

const allSites = `SELECT site_id AS "siteId", name,
    (SELECT count(*)::integer FROM membership_sites m
      WHERE m.organisation_id = s.organisation_id AND m.site_id = s.site_id) AS people
  FROM sites s WHERE organisation_id = $1 ORDER BY lower(name), site_id`;

/** The sites of practices. Written in the commit of the events. */
export class SiteDirectory {
  constructor(private readonly sql: Sql) {}

  /** By name. */
  sitesOf(organisationId: string): Promise<SiteRow[]> {
    return this.sql.query<SiteRow>(allSites, [organisationId]);
  }
}

interface Placed {
  readonly personId: string;
  readonly organisationId: string;
  readonly siteIds: readonly string[];
}

/** The sites of someone who had none. Refused where one of them is no site of the practice: `explainedRefusal`. */
export const placedAtSites = ({ personId, organisationId, siteIds }: Placed): readonly SideRow[] =>
  siteIds.length === 0
    ? []
    : [
        {
          sql: `INSERT INTO membership_sites (person_id, organisation_id, site_id) SELECT $1, $2, unnest($3::text[])`,
          parameters: [personId, organisationId, [...siteIds]],
        },
      ];

const awayFromSites = (personId: string, organisationId: string): SideRow => ({
  sql: 'DELETE FROM membership_sites WHERE person_id = $1 AND organisation_id = $2',
  parameters: [personId, organisationId],
});

/**
 * Refused where no administrator with a password would be left, also of two who go at the same moment: it counts in the
 * commit of the change, and commits stand in one line (DESIGN I1).
 */
const administratorLeft = (organisationId: string): SideRow => ({
  sql: `INSERT INTO administrator_counts (organisation_id, counted)
        SELECT $1, count(*) FROM memberships JOIN people USING (person_id)
         WHERE organisation_id = $1 AND 'administrator' = ANY(roles) AND NOT first_password_missing
        ON CONFLICT (organisation_id) DO UPDATE SET counted = excluded.counted`,
  parameters: [organisationId],
});

/** Roles and sites, restated. */
export const changedMembership = (member: Placed & { readonly roles: readonly OrganisationRole[] }): SideRow[] => [
  {
    sql: 'UPDATE memberships SET roles = $3 WHERE person_id = $1 AND organisation_id = $2',
    parameters: [member.personId, member.organisationId, [...member.roles]],
  },
  awayFromSites(member.personId, member.organisationId),
  ...placedAtSites(member),
  administratorLeft(member.organisationId),
];

/** Someone who has left the practice: no right of theirs rests on it any more. */
export const endedMembership = (personId: string, organisationId: string): SideRow[] => [
  awayFromSites(personId, organisationId),
  {
    sql: 'DELETE FROM memberships WHERE person_id = $1 AND organisation_id = $2',
    parameters: [personId, organisationId],
  },
  administratorLeft(organisationId),
];

export const siteRow = (organisationId: string, siteId: string, name: string): SideRow => ({
  sql: `INSERT INTO sites (organisation_id, site_id, name) VALUES ($1, $2, $3)
        ON CONFLICT (organisation_id, site_id) DO UPDATE SET name = excluded.name`,
  parameters: [organisationId, siteId, name],
});

/** Refused while somebody belongs to it. */
export const removedSite = (organisationId: string, siteId: string): SideRow => ({
  sql: 'DELETE FROM sites WHERE organisation_id = $1 AND site_id = $2',
  parameters: [organisationId, siteId],
});

/** What the tables refused, as a refusal that people understand; anything else as it is. */
export function explainedRefusal(error: unknown, whereNoSite: 'invalid-fields' | 'site-in-use'): unknown {
  if (isCheckViolation(error, 'an_administrator_is_left')) return new DomainError('last-administrator');
  if (!isForeignKeyViolation(error, 'membership_sites_site')) return error;
  const detail = 'Choose among the sites of this practice.';
  return whereNoSite === 'site-in-use'
    ? new DomainError('site-in-use')
    : new DomainError('invalid-fields', { errors: [{ pointer: '/siteIds', detail }] });
}
