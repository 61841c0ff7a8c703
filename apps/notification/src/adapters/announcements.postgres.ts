import { organisationRoleSchema } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import { z } from 'zod';

const factSchema = z.object({
  factId: z.string(),
  /** When the fact was committed. */
  at: z.string(),
  policyVersion: z.int().nullable(),
  requestId: z.string(),
  traceparent: z.string().nullable(),
});

/** To everyone whom the rules of a practice cover. */
const enforcementSchema = factSchema.extend({ organisationId: z.string() });
/** To support: this person reported a change as not their own. */
const reportSchema = factSchema.extend({ reportedBy: z.string(), frozenUntil: z.string() });
/** To those who can approve a reset. */
const approvalSchema = factSchema.extend({
  approvers: z.object({
    /** Administrators of these practices. */
    organisationIds: z.array(z.string()),
    /** The people of support too. */
    ofSupport: z.boolean(),
    /** But not who asked, nor the person concerned. */
    notThese: z.array(z.string()),
  }),
  expiresAt: z.string(),
});
/**
 * To someone: what they are in a practice from now on; without a role they no longer belong to it. Within a field of its
 * own, since the release before takes whatever names a practice for an enforcement, and may be running beside this one.
 */
const membershipSchema = factSchema.extend({
  membership: z.object({ personId: z.string(), organisationId: z.string(), roles: z.array(organisationRoleSchema) }),
});
const announcementSchema = z.union([enforcementSchema, reportSchema, approvalSchema, membershipSchema]);

export type Enforcement = z.infer<typeof enforcementSchema>;
export type Report = z.infer<typeof reportSchema>;
export type Approval = z.infer<typeof approvalSchema>;
export type Membership = z.infer<typeof membershipSchema>;

/** A fact of which people are told whom, or what, identity has to name first; and how far that has come. */
export type Announcement = (Enforcement | Report | Approval | Membership) & {
  /** The last person who was told; null at the beginning. */
  readonly after: string | null;
};

/** Remembers what is to be announced, in the transaction of the fact. A second time it is the same. */
export async function announce(transaction: Sql, { after, ...what }: Announcement, now: Date): Promise<void> {
  await transaction.query(
    `INSERT INTO announcements (fact_id, what, told_up_to, next_attempt_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (fact_id) DO NOTHING`,
    [what.factId, JSON.stringify(what), after, now.toISOString()],
  );
}

/** To be committed with the messages of a page: the next begins behind its last person, or there is none. */
export const toldUpTo = (factId: string, after: string | null, now: Date): SideRow =>
  after === null
    ? { sql: 'DELETE FROM announcements WHERE fact_id = $1', parameters: [factId] }
    : {
        sql: 'UPDATE announcements SET told_up_to = $2, next_attempt_at = $3 WHERE fact_id = $1',
        parameters: [factId, after, now.toISOString()],
      };

/** What is still to be announced. */
export class Announcements {
  constructor(private readonly database: Sql) {}

  /** Takes one that is due and keeps other replicas away from it until `until`; null where there is none. */
  async claim(now: Date, until: Date): Promise<Announcement | null> {
    const [row] = await this.database.query<{ what: unknown; after: string | null }>(
      `UPDATE announcements SET next_attempt_at = $2 WHERE fact_id IN (
         SELECT fact_id FROM announcements WHERE next_attempt_at <= $1
         ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING what, told_up_to AS after`,
      [now.toISOString(), until.toISOString()],
    );
    return row ? { ...announcementSchema.parse(row.what), after: row.after } : null;
  }
}
