import type { Client } from 'pg';

interface IndexRow {
  readonly name: string;
  readonly definition: string;
  readonly constraint_definition: string | null;
}

const indexesOf = `
  SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition, pg_get_constraintdef(c.oid) AS constraint_definition
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
 * defaults, checks, indexes and table rights. (Triggers, foreign keys and rights on single columns are not carried
 * over; read models have none.)
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

  /** Builds the indexes of the live table and gathers statistics. */
  async index(): Promise<void> {
    for (const [number, { definition, constraint_definition: constraint }] of this.indexes.entries()) {
      const name = this.temporaryName(number);
      const method = definition.slice(definition.indexOf(' USING '));
      const unique = definition.startsWith('CREATE UNIQUE') ? 'UNIQUE' : '';
      await this.owner.query(
        constraint === null
          ? `CREATE ${unique} INDEX ${name} ON ${this.name}${method}`
          : `ALTER TABLE ${this.name} ADD CONSTRAINT ${name} ${constraint}`,
      );
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
