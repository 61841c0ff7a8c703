import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import { newId } from '@cofactor/service-kit';

export interface FirstPasswordLinkParts {
  readonly sql: Sql;
  readonly fingerprint: (purpose: string, text: string) => string;
  readonly randomBytes: (length: number) => Uint8Array;
  /** How long a link works. */
  readonly days: number;
}

/** A link that is made and not offered yet. */
export interface NewLink {
  readonly linkId: string;
  /** What stands in the link, and nowhere else. */
  readonly token: string;
  readonly expiresAt: string;
  /** Takes the place of the link before, in the commit that offers it. */
  readonly row: SideRow;
}

/** The secrets of links to a first password: 256 random bits each, of which only a keyed hash is kept (I4). */
export class FirstPasswordLinks {
  constructor(private readonly parts: FirstPasswordLinkParts) {}

  make(personId: string, now: Date): NewLink {
    const linkId = newId();
    const token = `cfl_${Buffer.from(this.parts.randomBytes(32)).toString('base64url')}`;
    const expiresAt = new Date(now.getTime() + this.parts.days * 86_400_000).toISOString();
    const row = {
      sql: `INSERT INTO first_passwords (person_id, link_id, token_hash) VALUES ($1, $2, $3)
            ON CONFLICT (person_id) DO UPDATE SET link_id = excluded.link_id, token_hash = excluded.token_hash`,
      parameters: [personId, linkId, this.hashOf(token)],
    };
    return { linkId, token, expiresAt, row };
  }

  /** Whose link has this secret; null where none has it, any more. Whether it works is for its stream to say. */
  async find(token: string): Promise<{ readonly personId: string; readonly linkId: string } | null> {
    const [row] = await this.parts.sql.query<{ personId: string; linkId: string }>(
      'SELECT person_id AS "personId", link_id AS "linkId" FROM first_passwords WHERE token_hash = $1',
      [this.hashOf(token)],
    );
    return row ?? null;
  }

  private hashOf(token: string): string {
    return this.parts.fingerprint('first-password', token);
  }
}

/** No link of theirs is known any more. */
export const forgottenLink = (personId: string): SideRow => ({
  sql: 'DELETE FROM first_passwords WHERE person_id = $1',
  parameters: [personId],
});

export const passwordChosen = (personId: string): SideRow => ({
  sql: 'UPDATE people SET first_password_missing = false WHERE person_id = $1',
  parameters: [personId],
});
