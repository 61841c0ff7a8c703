import type { Sql } from '@cofactor/event-store';
import { comparableName } from '@cofactor/policy';

/** The keyed hashes by which names in addresses are compared with those of shared accounts. */
export class NameIndexes {
  constructor(
    private readonly parts: {
      readonly sql: Sql;
      readonly emailOf: (personId: string) => Promise<string | null>;
      readonly nameIndex: (comparableName: string) => string;
    },
  ) {}

  /** Makes those of people who were registered by a release that did not; one whose address is gone compares with none. */
  async fillIn(): Promise<void> {
    const { sql, emailOf, nameIndex } = this.parts;
    for (;;) {
      const rows = await sql.query<{ personId: string }>(
        'SELECT person_id AS "personId" FROM people WHERE name_index IS NULL ORDER BY person_id LIMIT 100',
      );
      if (rows.length === 0) return;
      for (const { personId } of rows) {
        const index = nameIndex(comparableName((await emailOf(personId)) ?? ''));
        await sql.query('UPDATE people SET name_index = $2 WHERE person_id = $1', [personId, index]);
      }
    }
  }
}
