import { assuranceSchema, factorTypeSchema, type Assurance, type FactorType } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import { createHash } from 'node:crypto';
import { standingColumns, standingOf, type KnownPerson, type StandingColumns } from './directory';

/** Who stands behind a token that is alive at this moment. */
export type Caller = KnownPerson &
  (
    | {
        readonly kind: 'sign-in';
        readonly signInId: string;
        readonly startedAt: string;
        /** The types of the second factors that were proven, or set up, in it. */
        readonly proven: readonly FactorType[];
      }
    | ({ readonly kind: 'session' } & Session)
  );

export interface Session {
  readonly sessionId: string;
  readonly personId: string;
  readonly assurance: Assurance;
  readonly passwordProvenAt: string;
  readonly startedAt: string;
  readonly expiresAt: string;
  readonly idleSeconds: number;
  readonly lastSeenAt: string;
  readonly sealedSource: string;
}

const prefixes = { 'sign-in': 'cfi_', session: 'cfs_' } as const;
export type TokenKind = keyof typeof prefixes;

/** 256 random bits behind a prefix by which a leaked token can be recognised (R22). */
export const newToken = (kind: TokenKind, randomBytes: (length: number) => Uint8Array): string =>
  prefixes[kind] + Buffer.from(randomBytes(32)).toString('base64url');

export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const sessionColumns = `session_id AS "sessionId", person_id AS "personId", level, amr,
  authenticated_at AS "authenticatedAt", password_proven_at AS "passwordProvenAt", started_at AS "startedAt",
  expires_at AS "expiresAt", idle_seconds AS "idleSeconds", last_seen_at AS "lastSeenAt", sealed_source AS "sealedSource"`;
const alive = `expires_at > $2 AND last_seen_at + make_interval(secs => idle_seconds) > $2`;
const findSession = `SELECT ${sessionColumns}, ${standingColumns('s.person_id')}
  FROM sessions s WHERE token_hash = $1 AND ${alive}`;
const findSignIn = `SELECT sign_in_id AS "signInId", person_id AS "personId", started_at AS "startedAt",
           second_factor_proven AS "secondFactorProven", proven_factors AS "provenFactors", ${standingColumns('s.person_id')}
         FROM open_sign_ins s WHERE token_hash = $1 AND expires_at > $2`;

interface SignInRow extends StandingColumns {
  readonly signInId: string;
  readonly personId: string;
  readonly startedAt: string;
  readonly secondFactorProven: boolean;
  readonly provenFactors: readonly string[];
}

type SessionRow = Omit<Session, 'assurance'> & { level: string; amr: string[]; authenticatedAt: string };

const sessionOf = ({ level, amr, authenticatedAt, ...rest }: SessionRow): Session => ({
  ...rest,
  assurance: assuranceSchema.parse({ level, amr, authenticatedAt }),
});

/** A release that did not note the types yet left none, and took one second factor for all. */
const provenIn = ({ secondFactorProven, provenFactors }: SignInRow): readonly FactorType[] =>
  secondFactorProven && provenFactors.length === 0
    ? factorTypeSchema.options
    : factorTypeSchema.array().parse(provenFactors);

const secondsBetweenSightings = 60;

/**
 * Which tokens are alive. The row in PostgreSQL is the only authority: nothing caches "valid", so that an ended
 * session is dead at once at every replica (DESIGN §6.7).
 */
export class Access {
  constructor(private readonly sql: Sql) {}

  /** Who stands behind a token now, or null. To find a session is to see it used. */
  async find(token: string, now: Date): Promise<Caller | null> {
    const parameters = [hashOfToken(token), now.toISOString()];
    if (token.startsWith(prefixes.session)) {
      const [row] = await this.sql.query<SessionRow & StandingColumns>(findSession, parameters);
      if (!row) return null;
      const { memberships, isOperator, isSupport, secondFactorRequired, ...columns } = row;
      const session = await this.seen(sessionOf(columns), now);
      const standing = standingOf({ memberships, isOperator, isSupport, secondFactorRequired });
      return { kind: 'session', ...session, ...standing };
    }
    if (!token.startsWith(prefixes['sign-in'])) return null;
    const [row] = await this.sql.query<SignInRow>(findSignIn, parameters);
    if (!row) return null;
    const { signInId, personId, startedAt } = row;
    return { kind: 'sign-in', signInId, personId, startedAt, proven: provenIn(row), ...standingOf(row) };
  }

  async sessionsOf(personId: string, now: Date): Promise<readonly Session[]> {
    const rows = await this.sql.query<SessionRow>(
      `SELECT ${sessionColumns} FROM sessions WHERE person_id = $1 AND ${alive} ORDER BY started_at DESC, session_id`,
      [personId, now.toISOString()],
    );
    return rows.map(sessionOf);
  }

  /** The sign-ins of a person that can still be finished, and had begun by then. */
  async openSignInsOf(personId: string, begunBy: string): Promise<readonly { readonly signInId: string }[]> {
    return this.sql.query(
      'SELECT sign_in_id AS "signInId" FROM open_sign_ins WHERE person_id = $1 AND started_at <= $2',
      [personId, begunBy],
    );
  }

  /** Notes that a session was used, at most once a minute (DESIGN §6.7). */
  private async seen(session: Session, now: Date): Promise<Session> {
    if (now.getTime() - Date.parse(session.lastSeenAt) < secondsBetweenSightings * 1000) return session;
    await this.sql.query(
      `UPDATE sessions SET last_seen_at = $2
       WHERE session_id = $1 AND last_seen_at <= $2::timestamptz - make_interval(secs => $3)`,
      [session.sessionId, now.toISOString(), secondsBetweenSightings],
    );
    return { ...session, lastSeenAt: now.toISOString() };
  }

  /** Removes what no token opens any more. */
  async sweep(now: Date): Promise<void> {
    await this.sql.query('DELETE FROM open_sign_ins WHERE expires_at <= $1', [now.toISOString()]);
    await this.sql.query(
      `DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at + make_interval(secs => idle_seconds) <= $1`,
      [now.toISOString()],
    );
  }
}

export const openSignInRow = (row: {
  token: string;
  signInId: string;
  personId: string;
  startedAt: string;
  expiresAt: string;
}): SideRow => ({
  sql: `INSERT INTO open_sign_ins (token_hash, sign_in_id, person_id, started_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
  parameters: [hashOfToken(row.token), row.signInId, row.personId, row.startedAt, row.expiresAt],
});

export const closedSignInRow = (signInId: string): SideRow => ({
  sql: 'DELETE FROM open_sign_ins WHERE sign_in_id = $1',
  parameters: [signInId],
});

export const secondFactorProvenRow = (signInId: string, type: FactorType): SideRow => ({
  sql: `UPDATE open_sign_ins SET second_factor_proven = true, proven_factors = array_append(proven_factors, $2)
        WHERE sign_in_id = $1`,
  parameters: [signInId, type],
});

/** A new session, and the keyed hash of the network that it was opened from. */
type NewSessionRow = Omit<Session, 'lastSeenAt'> & { readonly networkIndex: string };

export const sessionRow = (token: string, session: NewSessionRow): SideRow => ({
  sql: `INSERT INTO sessions (session_id, token_hash, person_id, level, amr, authenticated_at, password_proven_at,
          started_at, expires_at, idle_seconds, last_seen_at, sealed_source, network_index)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, $11, $12)`,
  parameters: [
    session.sessionId,
    hashOfToken(token),
    session.personId,
    session.assurance.level,
    session.assurance.amr,
    session.assurance.authenticatedAt,
    session.passwordProvenAt,
    session.startedAt,
    session.expiresAt,
    session.idleSeconds,
    session.sealedSource,
    session.networkIndex,
  ],
});

/** A raised session gets a new secret; the old one is dead with the same commit (R22). */
export const elevatedSessionRow = (token: string, sessionId: string, assurance: Assurance): SideRow => ({
  sql: 'UPDATE sessions SET token_hash = $2, level = $3, amr = $4, authenticated_at = $5 WHERE session_id = $1',
  parameters: [sessionId, hashOfToken(token), assurance.level, assurance.amr, assurance.authenticatedAt],
});

export const endedSessionRow = (sessionId: string): SideRow => ({
  sql: 'DELETE FROM sessions WHERE session_id = $1',
  parameters: [sessionId],
});
