import {
  organisationPolicySchema,
  organisationRoleSchema,
  type OrganisationPolicy,
  type OrganisationRole,
} from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import { z } from 'zod';

export interface Membership {
  readonly organisationId: string;
  readonly name: string;
  readonly roles: OrganisationRole[];
  readonly policy: OrganisationPolicy;
}

/** A person as decisions need them: who they are and which practices' rules they live under, read in one query. */
export interface KnownPerson {
  readonly personId: string;
  readonly memberships: readonly Membership[];
}

export interface PersonRow {
  readonly personId: string;
  readonly emailHint: string;
  readonly sealedName: string;
}

export interface MemberRow extends PersonRow {
  readonly roles: OrganisationRole[];
}

interface MembershipRow {
  readonly person_id: string;
  readonly organisation_id: string | null;
  readonly name: string;
  readonly roles: unknown;
  readonly policy: unknown;
  readonly policy_version: number;
}

const roles = z.array(organisationRoleSchema);
const membershipColumns = `p.person_id, o.organisation_id, o.name, m.roles, o.policy, o.policy_version
  FROM people p LEFT JOIN memberships m USING (person_id) LEFT JOIN organisations o USING (organisation_id)`;
const byEmail = {
  name: 'person-by-email',
  text: `SELECT ${membershipColumns} WHERE p.person_id = (SELECT person_id FROM email_claims WHERE email_index = $1)`,
};
const byId = { name: 'person-by-id', text: `SELECT ${membershipColumns} WHERE p.person_id = $1` };

export const emailClaimConstraint = 'email_claims_pkey';

/** Who belongs to which practice. Written in the same commit as the events, so decisions may rest on it. */
export class Directory {
  constructor(private readonly sql: Sql) {}

  async personByEmailIndex(emailIndex: string): Promise<KnownPerson | null> {
    return knownPerson(await this.sql.query<MembershipRow>(byEmail, [emailIndex]));
  }

  async person(personId: string): Promise<KnownPerson | null> {
    return knownPerson(await this.sql.query<MembershipRow>(byId, [personId]));
  }

  async personRow(personId: string): Promise<PersonRow | null> {
    const [row] = await this.sql.query<PersonRow>(
      `SELECT person_id AS "personId", email_hint AS "emailHint", sealed_name AS "sealedName"
       FROM people WHERE person_id = $1`,
      [personId],
    );
    return row ?? null;
  }

  async membersOf(organisationId: string): Promise<readonly MemberRow[]> {
    const rows = await this.sql.query<PersonRow & { roles: unknown }>(
      `SELECT person_id AS "personId", email_hint AS "emailHint", sealed_name AS "sealedName", roles
       FROM memberships JOIN people USING (person_id) WHERE organisation_id = $1 ORDER BY person_id`,
      [organisationId],
    );
    return rows.map((row) => ({ ...row, roles: roles.parse(row.roles) }));
  }

  async hasOrganisations(): Promise<boolean> {
    return (await this.sql.query('SELECT 1 FROM organisations LIMIT 1')).length > 0;
  }
}

function knownPerson(rows: readonly MembershipRow[]): KnownPerson | null {
  const [first] = rows;
  if (!first) return null;
  const memberships = rows.flatMap((row) =>
    row.organisation_id === null
      ? []
      : [
          {
            organisationId: row.organisation_id,
            name: row.name,
            roles: roles.parse(row.roles),
            policy: organisationPolicySchema.parse({
              organisationId: row.organisation_id,
              version: row.policy_version,
              policy: row.policy,
            }),
          },
        ],
  );
  return { personId: first.person_id, memberships };
}

export const organisationRow = (policy: OrganisationPolicy, name: string): SideRow => ({
  sql: 'INSERT INTO organisations (organisation_id, name, policy, policy_version) VALUES ($1, $2, $3, $4)',
  parameters: [policy.organisationId, name, JSON.stringify(policy.policy), policy.version],
});

export const personRow = (row: PersonRow): SideRow => ({
  sql: 'INSERT INTO people (person_id, email_hint, sealed_name) VALUES ($1, $2, $3)',
  parameters: [row.personId, row.emailHint, row.sealedName],
});

/** Refused by its primary key when somebody else holds the address. */
export const emailClaim = (emailIndex: string, personId: string): SideRow => ({
  sql: 'INSERT INTO email_claims (email_index, person_id) VALUES ($1, $2)',
  parameters: [emailIndex, personId],
});

export const membershipRow = (
  personId: string,
  organisationId: string,
  held: readonly OrganisationRole[],
): SideRow => ({
  sql: 'INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, $3)',
  parameters: [personId, organisationId, [...held]],
});
