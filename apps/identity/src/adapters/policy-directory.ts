import { organisationPolicySchema, organisationRoleSchema, type OrganisationPolicy } from '@cofactor/contracts';
import type { OrganisationRole, OrganisationSummary } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import type { PersonFlags, SharingDecision } from '@cofactor/policy';
import { z } from 'zod';
import type { PersonRow } from './directory';
import { sharingDecisionsSchema } from './shared-accounts';

/** The rules of a practice as they stand, and who made them so; null where they are those that it was created with. */
export interface StandingPolicy {
  /** Of the practice. */
  readonly name: string;
  readonly policy: OrganisationPolicy;
  readonly changed: { readonly at: string; readonly by: string } | null;
}

/** A person of a practice as a forecast needs them: all of their practices, and what marks them out. */
export interface RuledPerson extends PersonRow, PersonFlags {
  /** Null where it is not made yet. */
  readonly nameIndex: string | null;
  readonly passwordMissing: boolean;
  /** Those of the practice by which they are looked at; none is the whole practice. */
  readonly siteIds: readonly string[];
  readonly memberships: ReadonlyArray<{ readonly organisationId: string; readonly roles: readonly OrganisationRole[] }>;
  readonly sharingDecisions: readonly SharingDecision[];
}

interface PolicyRow {
  readonly name: string;
  readonly organisationId: string;
  readonly policy: unknown;
  readonly version: number;
  readonly changedAt: Date | null;
  readonly changedBy: string | null;
}

const columns = `organisation_id AS "organisationId", name, policy, policy_version AS version,
  policy_changed_at AS "changedAt", policy_changed_by AS "changedBy"`;

const membershipsSchema = z.array(z.object({ organisationId: z.string(), roles: z.array(organisationRoleSchema) }));

const ruledPerson = `SELECT p.person_id AS "personId", p.email_hint AS "emailHint", p.sealed_name AS "sealedName",
    p.name_index AS "nameIndex", p.second_factor_required AS "secondFactorRequired",
    p.first_password_missing AS "passwordMissing",
    ARRAY(SELECT site_id FROM membership_sites s
           WHERE s.person_id = m.person_id AND s.organisation_id = m.organisation_id ORDER BY site_id) AS "siteIds",
    EXISTS (SELECT 1 FROM operators WHERE person_id = p.person_id) AS "isOperator",
    EXISTS (SELECT 1 FROM support_staff WHERE person_id = p.person_id) AS "isSupport",
    (SELECT json_agg(json_build_object('organisationId', organisation_id, 'roles', roles) ORDER BY organisation_id)
       FROM memberships WHERE person_id = p.person_id) AS memberships,
    (SELECT json_agg(json_build_object('organisationId', organisation_id, 'shared', shared))
       FROM shared_account_decisions WHERE person_id = p.person_id) AS "sharingDecisions"
  FROM memberships m JOIN people p USING (person_id) WHERE m.organisation_id = $1`;
const page = `${ruledPerson} AND m.person_id > $2 ORDER BY m.person_id LIMIT $3`;
const one = `${ruledPerson} AND m.person_id = $2`;

const sharedPractices = `SELECT DISTINCT organisations FROM (
    SELECT array_agg(organisation_id ORDER BY organisation_id) AS organisations FROM memberships
    WHERE person_id IN (SELECT person_id FROM memberships WHERE organisation_id = $1)
    GROUP BY person_id HAVING count(*) > 1) AS shared`;

const policyOf = ({ organisationId, policy, version }: PolicyRow): OrganisationPolicy =>
  organisationPolicySchema.parse({ organisationId, version, policy });

const ruled = (row: RuledPerson): RuledPerson => ({
  ...row,
  memberships: membershipsSchema.parse(row.memberships),
  sharingDecisions: sharingDecisionsSchema.parse(row.sharingDecisions ?? []),
});

/** The rules of practices and the people under them. Written in the commit of the events, so decisions may rest on it. */
export class PolicyDirectory {
  constructor(private readonly sql: Sql) {}

  async policyOf(organisationId: string): Promise<StandingPolicy | null> {
    const [row] = await this.sql.query<PolicyRow>(`SELECT ${columns} FROM organisations WHERE organisation_id = $1`, [
      organisationId,
    ]);
    if (!row) return null;
    const { name, changedAt, changedBy } = row;
    const changed = changedAt && changedBy !== null ? { at: new Date(changedAt).toISOString(), by: changedBy } : null;
    return { name, policy: policyOf(row), changed };
  }

  async policiesOf(organisationIds: readonly string[]): Promise<readonly OrganisationPolicy[]> {
    if (organisationIds.length === 0) return [];
    const rows = await this.sql.query<PolicyRow>(
      `SELECT ${columns} FROM organisations WHERE organisation_id = ANY($1) ORDER BY organisation_id`,
      [organisationIds],
    );
    return rows.map(policyOf);
  }

  /** The practices in a stable order, the newest first: those behind `after`, or from the first; at most `limit`. */
  async practices(after: string | null, limit: number): Promise<OrganisationSummary[]> {
    return this.sql.query<OrganisationSummary>(
      `SELECT organisation_id AS "organisationId", name, (policy->'enforced')::boolean AS enforced,
         (SELECT count(*)::int FROM memberships m WHERE m.organisation_id = o.organisation_id) AS people
       FROM organisations o WHERE $1::text IS NULL OR organisation_id < $1 ORDER BY organisation_id DESC LIMIT $2`,
      [after, limit],
    );
  }

  /** The people of a practice in a stable order: those behind `after`, at most `limit`. */
  async peopleOf(organisationId: string, after: string, limit: number): Promise<readonly RuledPerson[]> {
    const rows = await this.sql.query<RuledPerson>(page, [organisationId, after, limit]);
    return rows.map(ruled);
  }

  /** One of the people of a practice; null where they do not belong to it. */
  async memberOf(organisationId: string, personId: string): Promise<RuledPerson | null> {
    const [row] = await this.sql.query<RuledPerson>(one, [organisationId, personId]);
    return row ? ruled(row) : null;
  }

  /** The sets of practices that people of this one belong to, where there are others. */
  async combinationsWith(organisationId: string): Promise<ReadonlyArray<readonly string[]>> {
    const rows = await this.sql.query<{ organisations: string[] }>(sharedPractices, [organisationId]);
    return rows.map(({ organisations }) => organisations);
  }
}

/** The rules of a practice, restated in the commit of the event that changed them. */
export const changedPolicyRow = (
  { organisationId, version, policy }: OrganisationPolicy,
  changed: { readonly at: string; readonly by: string },
): SideRow => ({
  sql: `UPDATE organisations SET policy = $2, policy_version = $3, policy_changed_at = $4, policy_changed_by = $5
        WHERE organisation_id = $1`,
  parameters: [organisationId, JSON.stringify(policy), version, changed.at, changed.by],
});
