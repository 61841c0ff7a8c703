import type { Client } from 'pg';

interface IndexRow {
  readonly name: string;
  readonly definition: string;
  /** What follows the name of the index where a constraint rests on it. */
  readonly constraint: string | null;
}

const indexesOf = `
  SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition,
         CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' END
           || ' USING INDEX %' || CASE WHEN c.condeferrable THEN ' DEFERRABLE' ELSE '' END
           || CASE WHEN c.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END AS constraint
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.conrelid = x.indrelid
   WHERE x.indrelid = $1::regclass
   ORDER BY i.relname`;

const grantsOf = `
  SELECT privilege_type AS privilege, pg_get_userbyid(grantee) AS role
    FROM pg_class, aclexplode(relacl)
   WHERE oid = $1::regclass AND grantee <> relowner AND grantee <> 0`;

/**
 * A second table of the same shape, which is filled beside the live one and then takes its place with its columns,
 * defaults, checks, indexes and table rights. (Triggers, foreign keys, exclusion constraints and rights on single
 * columns are not carried over; read models have none.)
 */
export class ShadowTable {
  /** Quoted, for SQL. */
  readonly name: string;
  private readonly live: string;
  private indexes: readonly IndexRow[] = [];

  constructor(
    private readonly owner: Client,
    private readonly liveName: string,
  ) {
    this.live = owner.escapeIdentifier(liveName);
    this.name = owner.escapeIdentifier(`${liveName}_rebuild`);
  }

  /** Creates it, empty and without indexes; removes what an interrupted rebuild left. */
  async create(): Promise<void> {
    await this.drop();
    await this.owner.query(`CREATE TABLE ${this.name} (LIKE ${this.live} INCLUDING ALL EXCLUDING INDEXES)`);
    this.indexes = (await this.owner.query<IndexRow>(indexesOf, [this.live])).rows;
    const grants = await this.owner.query<{ privilege: string; role: string }>(grantsOf, [this.live]);
    for (const { privilege, role } of grants.rows) {
      await this.owner.query(`GRANT ${privilege} ON ${this.name} TO ${this.owner.escapeIdentifier(role)}`);
    }
  }

  /** Builds the indexes of the live table, over both connections of the owner at once, and gathers statistics. */
  async index(besides: Client): Promise<void> {
    const left = this.indexes.entries();
    const build = async (connection: Client): Promise<void> => {
      for (const [number, { definition }] of left) {
        const unique = definition.startsWith('CREATE UNIQUE') ? 'UNIQUE' : '';
        const method = definition.slice(definition.indexOf(' USING '));
        await connection.query(`CREATE ${unique} INDEX ${this.temporaryName(number)} ON ${this.name}${method}`);
      }
    };
    await Promise.all([build(this.owner), build(besides)]);
    for (const [number, { constraint }] of this.indexes.entries()) {
      if (constraint === null) continue;
      const name = this.temporaryName(number);
      await this.owner.query(`ALTER TABLE ${this.name} ADD CONSTRAINT ${name} ${constraint.replace('%', () => name)}`);
    }
    await this.owner.query(`ANALYZE ${this.name}`);
  }

  /** Puts it in the place of the live table, under all of its names. Within a transaction that has locked that. */
  async replaceLive(): Promise<void> {
    await this.owner.query(`DROP TABLE ${this.live}`);
    await this.owner.query(`ALTER TABLE ${this.name} RENAME TO ${this.live}`);
    for (const [number, { name }] of this.indexes.entries()) {
      await this.owner.query(
        `ALTER INDEX ${this.temporaryName(number)} RENAME TO ${this.owner.escapeIdentifier(name)}`,
      );
    }
  }

  async drop(): Promise<void> {
    await this.owner.query(`DROP TABLE IF EXISTS ${this.name}`);
  }

  private temporaryName(number: number): string {
    return this.owner.escapeIdentifier(`${this.liveName}_rebuild_${number}`);
  }
}
