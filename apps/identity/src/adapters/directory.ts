import {
  organisationPolicySchema,
  organisationRoleSchema,
  type OrganisationPolicy,
  type OrganisationRole,
} from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import { rulingPolicies } from '@cofactor/policy';
import { z } from 'zod';

export interface Membership {
  readonly organisationId: string;
  readonly name: string;
  readonly roles: OrganisationRole[];
  readonly policy: OrganisationPolicy;
}

/** A person as decisions need them: who they are and which rules they live under, read in one query. */
export interface KnownPerson {
  readonly personId: string;
  readonly memberships: readonly Membership[];
  /** Whether they run the installation. */
  readonly isOperator: boolean;
  /** Whether the operator asks them for a second factor, whatever their practices do (PRODUCT HE3). */
  readonly secondFactorRequired: boolean;
  /** Whether they belong to its help desk. */
  readonly isSupport: boolean;
  /** Those of their practices, and the operator's where it rules them; never none. */
  readonly policies: readonly OrganisationPolicy[];
}

export interface PersonRow {
  readonly personId: string;
  readonly emailHint: string;
  readonly sealedName: string;
}

export interface NewPersonRow extends PersonRow {
  /** The keyed hash by which the name in their address is compared with those of shared accounts. */
  readonly nameIndex: string;
  /** Whether they have yet to choose one by a link. */
  readonly passwordMissing: boolean;
}

const membershipRowSchema = z.object({
  organisationId: z.string(),
  name: z.string(),
  roles: z.array(organisationRoleSchema),
  policy: z.unknown(),
  version: z.int(),
});

/** What decisions need of the person in that column, as columns of a row; `standingOf` reads them. */
export const standingColumns = (personId: string): string => `
  EXISTS (SELECT 1 FROM operators WHERE person_id = ${personId}) AS "isOperator",
  EXISTS (SELECT 1 FROM support_staff WHERE person_id = ${personId}) AS "isSupport",
  EXISTS (SELECT 1 FROM people WHERE person_id = ${personId} AND second_factor_required) AS "secondFactorRequired", (
  SELECT json_agg(json_build_object('organisationId', o.organisation_id, 'name', o.name, 'roles', m.roles,
           'policy', o.policy, 'version', o.policy_version) ORDER BY o.organisation_id)
    FROM memberships m JOIN organisations o USING (organisation_id) WHERE m.person_id = ${personId}) AS memberships`;

export interface StandingColumns {
  readonly isOperator: boolean;
  readonly isSupport: boolean;
  readonly secondFactorRequired: boolean;
  readonly memberships: unknown;
}

/** Who someone is to the installation and to its practices. */
export function standingOf({ memberships: column, ...flags }: StandingColumns): Omit<KnownPerson, 'personId'> {
  const memberships = membershipsOf(column);
  const { isOperator, isSupport, secondFactorRequired } = flags;
  const policies = rulingPolicies(memberships, flags);
  return { isOperator, isSupport, secondFactorRequired, memberships, policies };
}

const membershipsOf = (column: unknown): readonly Membership[] =>
  z
    .array(membershipRowSchema)
    .parse(column ?? [])
    .map(({ organisationId, name, roles, policy, version }) => ({
      organisationId,
      name,
      roles,
      policy: organisationPolicySchema.parse({ organisationId, version, policy }),
    }));

const byEmail = `SELECT c.person_id AS "personId", ${standingColumns('c.person_id')}
  FROM email_claims c WHERE c.email_index = $1`;

const byId = `SELECT ${standingColumns('p.person_id')} FROM people p WHERE p.person_id = $1`;

export const emailClaimConstraint = 'email_claims_pkey';

/** Who belongs to which practice. Written in the same commit as the events, so decisions may rest on it. */
export class Directory {
  constructor(private readonly sql: Sql) {}

  async personByEmailIndex(emailIndex: string): Promise<KnownPerson | null> {
    const [row] = await this.sql.query<StandingColumns & { personId: string }>(byEmail, [emailIndex]);
    return row ? { personId: row.personId, ...standingOf(row) } : null;
  }

  async knownPerson(personId: string): Promise<KnownPerson | null> {
    const [row] = await this.sql.query<StandingColumns>(byId, [personId]);
    return row ? { personId, ...standingOf(row) } : null;
  }

  async personRow(personId: string): Promise<PersonRow | null> {
    const [row] = await this.sql.query<PersonRow>(
      `SELECT person_id AS "personId", email_hint AS "emailHint", sealed_name AS "sealedName"
       FROM people WHERE person_id = $1`,
      [personId],
    );
    return row ?? null;
  }

  /** Whether one of these practices has an administrator who is none of these people, and has a password to sign in by. */
  async hasAdministratorBeside(organisationIds: readonly string[], personIds: readonly string[]): Promise<boolean> {
    return (await this.administratorsBeside(organisationIds, personIds)).length > 0;
  }

  /** The administrators of these practices, but for these people; whoever has no password cannot sign in to approve. */
  async administratorsBeside(organisationIds: readonly string[], personIds: readonly string[]): Promise<string[]> {
    const rows = await this.sql.query<{ personId: string }>(
      `SELECT DISTINCT person_id AS "personId" FROM memberships JOIN people USING (person_id)
       WHERE organisation_id = ANY ($1) AND 'administrator' = ANY (roles) AND person_id <> ALL ($2)
         AND NOT first_password_missing ORDER BY person_id`,
      [[...organisationIds], [...personIds]],
    );
    return rows.map(({ personId }) => personId);
  }

  async supportStaff(): Promise<readonly PersonRow[]> {
    return this.sql.query<PersonRow>(
      `SELECT person_id AS "personId", email_hint AS "emailHint", sealed_name AS "sealedName"
       FROM support_staff JOIN people USING (person_id) ORDER BY person_id`,
    );
  }

  async nameOfOrganisation(organisationId: string): Promise<string | null> {
    const [row] = await this.sql.query<{ name: string }>('SELECT name FROM organisations WHERE organisation_id = $1', [
      organisationId,
    ]);
    return row?.name ?? null;
  }

  async hasOrganisations(): Promise<boolean> {
    return (await this.sql.query('SELECT 1 FROM organisations LIMIT 1')).length > 0;
  }
}

export const organisationRow = (policy: OrganisationPolicy, name: string): SideRow => ({
  sql: 'INSERT INTO organisations (organisation_id, name, policy, policy_version) VALUES ($1, $2, $3, $4)',
  parameters: [policy.organisationId, name, JSON.stringify(policy.policy), policy.version],
});

export const personRow = (row: NewPersonRow): SideRow => ({
  sql: `INSERT INTO people (person_id, email_hint, sealed_name, name_index, first_password_missing)
        VALUES ($1, $2, $3, $4, $5)`,
  parameters: [row.personId, row.emailHint, row.sealedName, row.nameIndex, row.passwordMissing],
});

/** Whether the operator asks this person for a second factor, restated. */
export const secondFactorRequirementRow = (personId: string, required: boolean): SideRow => ({
  sql: 'UPDATE people SET second_factor_required = $2 WHERE person_id = $1',
  parameters: [personId, required],
});

/** Refused by its primary key when somebody else holds the address. */
export const emailClaim = (emailIndex: string, personId: string): SideRow => ({
  sql: 'INSERT INTO email_claims (email_index, person_id) VALUES ($1, $2)',
  parameters: [emailIndex, personId],
});

export const operatorRow = (personId: string): SideRow => ({
  sql: 'INSERT INTO operators (person_id) VALUES ($1)',
  parameters: [personId],
});

export const supportStaffRow = (personId: string): SideRow => ({
  sql: 'INSERT INTO support_staff (person_id) VALUES ($1)',
  parameters: [personId],
});

export const noSupportStaffRow = (personId: string): SideRow => ({
  sql: 'DELETE FROM support_staff WHERE person_id = $1',
  parameters: [personId],
});

export const membershipRow = (
  personId: string,
  organisationId: string,
  held: readonly OrganisationRole[],
): SideRow => ({
  sql: 'INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, $3)',
  parameters: [personId, organisationId, [...held]],
});
