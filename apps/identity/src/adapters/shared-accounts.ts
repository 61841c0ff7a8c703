import { DomainError } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import { genericAccount } from '@cofactor/policy';
import { z } from 'zod';
import type { KnownPerson, PersonRow } from './directory';

export const sharingDecisionsSchema = z.array(z.object({ organisationId: z.string(), shared: z.boolean() }));

/** Someone of a practice whose account several people may share, or of which the practice decided. */
export interface SharedAccountRow extends PersonRow {
  /** Whether the practice lists the name in the address. */
  readonly named: boolean;
  /** What was noticed of its use, oldest first. */
  readonly signs: readonly string[] | null;
  readonly shared: boolean | null;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  readonly sealedExplanation: string | null;
}

const noticed = `SELECT 1 FROM shared_account_signs s WHERE s.person_id = p.person_id AND s.sign <> 'name'`;

/** A name counts as the rules stand now, not as they stood when it was noticed. */
const page = `SELECT p.person_id AS "personId", p.email_hint AS "emailHint", p.sealed_name AS "sealedName",
    coalesce(p.name_index = ANY($2), false) AS named,
    (SELECT array_agg(s.sign ORDER BY s.noticed_at, s.sign) FROM shared_account_signs s
      WHERE s.person_id = p.person_id AND s.sign <> 'name') AS signs,
    d.shared, d.decided_at AS "decidedAt", d.decided_by AS "decidedBy", d.sealed_explanation AS "sealedExplanation"
  FROM memberships m JOIN people p USING (person_id)
  LEFT JOIN shared_account_decisions d ON d.person_id = p.person_id AND d.organisation_id = m.organisation_id
  WHERE m.organisation_id = $1 AND p.person_id > $3
    AND (p.name_index = ANY($2) OR d.person_id IS NOT NULL OR EXISTS (${noticed}))
  ORDER BY p.person_id LIMIT $4`;

/** What is known of accounts that several people share. Written in the commit of the events, so decisions may rest on it. */
export class SharedAccounts {
  constructor(
    private readonly parts: {
      readonly sql: Sql;
      readonly emailOf: (personId: string) => Promise<string | null>;
    },
  ) {}

  /**
   * Throws `generic-account` for an account that one of the person's practices holds for shared and refuses: nobody can
   * say whose second factor it would have (PRODUCT AX6, HE13). `detail` says what to do instead.
   */
  async refuse({ personId, policies }: Pick<KnownPerson, 'personId' | 'policies'>, detail?: string): Promise<void> {
    if (!policies.some(({ policy }) => policy.genericAccounts === 'refused')) return;
    const rows = await this.parts.sql.query(
      'SELECT organisation_id AS "organisationId", shared FROM shared_account_decisions WHERE person_id = $1',
      [personId],
    );
    const email = (await this.parts.emailOf(personId)) ?? '';
    if (!genericAccount(policies, email, sharingDecisionsSchema.parse(rows)).refused) return;
    throw new DomainError('generic-account', detail === undefined ? {} : { detail });
  }

  /** Those of a practice in the order of their ids, behind `after`; `names` are the keyed hashes of what it lists. */
  of(organisationId: string, names: readonly string[], after: string, limit: number): Promise<SharedAccountRow[]> {
    return this.parts.sql.query(page, [organisationId, [...names], after, limit]);
  }

  /** The people of a practice whose addresses have one of these names; one of them where `personId` is given. */
  async named(organisationId: string, names: readonly string[], personId: string | null): Promise<readonly string[]> {
    const rows = await this.parts.sql.query<{ readonly personId: string }>(
      `SELECT m.person_id AS "personId" FROM memberships m JOIN people p USING (person_id)
        WHERE m.organisation_id = $1 AND p.name_index = ANY($2) AND ($3::text IS NULL OR m.person_id = $3)
        ORDER BY m.person_id`,
      [organisationId, [...names], personId],
    );
    return rows.map((row) => row.personId);
  }

  /** From how many networks the sessions of a person were opened that are alive at this time, and started since then. */
  async networksOf(personId: string, since: string, at: string): Promise<number> {
    const [row] = await this.parts.sql.query<{ readonly networks: number }>(
      `SELECT count(DISTINCT network_index)::integer AS networks FROM sessions
        WHERE person_id = $1 AND started_at > $2 AND started_at <= $3
          AND expires_at > $3 AND last_seen_at + make_interval(secs => idle_seconds) > $3`,
      [personId, since, at],
    );
    return row?.networks ?? 0;
  }
}

export const signRow = (personId: string, sign: string, at: string): SideRow => ({
  sql: `INSERT INTO shared_account_signs (person_id, sign, noticed_at) VALUES ($1, $2, $3)
        ON CONFLICT (person_id, sign) DO NOTHING`,
  parameters: [personId, sign, at],
});

/** What a practice decided, in the place of what it decided before; a withdrawn decision leaves none. */
export const decisionRow = (row: {
  readonly personId: string;
  readonly organisationId: string;
  readonly decision: 'shared' | 'personal' | 'withdrawn';
  readonly at: string;
  readonly by: string;
  readonly explanation: string | null;
}): SideRow =>
  row.decision === 'withdrawn'
    ? {
        sql: 'DELETE FROM shared_account_decisions WHERE person_id = $1 AND organisation_id = $2',
        parameters: [row.personId, row.organisationId],
      }
    : {
        sql: `INSERT INTO shared_account_decisions
                (person_id, organisation_id, shared, decided_at, decided_by, sealed_explanation)
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id, organisation_id) DO UPDATE SET
                shared = excluded.shared, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
                sealed_explanation = excluded.sealed_explanation`,
        parameters: [row.personId, row.organisationId, row.decision === 'shared', row.at, row.by, row.explanation],
      };
