import { withClient } from './databases';
import type { Installation } from './installation';

/** A table, which of its rows is taken as the model, and what differs in the copy of number `n`. */
interface Copied {
  readonly database: 'identity' | 'factor-enrollment' | 'challenge' | 'vault';
  readonly table: string;
  readonly model: string;
  readonly differs: Readonly<Record<string, string>>;
}

const person = `'crowd-' || n`;
const keyOf = (kind: string): string => `md5('${kind}' || n)::uuid`;
const stream = (prefix: string): string => `'${prefix}-crowd-' || n`;

/** In the order that foreign keys ask for. */
const copied: readonly Copied[] = [
  { database: 'identity', table: 'people', model: 'true', differs: { person_id: person } },
  {
    database: 'identity',
    table: 'email_claims',
    model: 'true',
    differs: { email_index: `md5('email' || n)`, person_id: person },
  },
  { database: 'identity', table: 'memberships', model: 'true', differs: { person_id: person } },
  { database: 'identity', table: 'streams', model: `stream LIKE 'person-%'`, differs: { stream: stream('person') } },
  {
    database: 'factor-enrollment',
    table: 'streams',
    model: `stream LIKE 'factors-%'`,
    differs: { stream: stream('factors') },
  },
  {
    database: 'challenge',
    table: 'streams',
    model: `stream LIKE 'credential-%'`,
    differs: { stream: stream('credential') },
  },
  {
    database: 'vault',
    table: 'factor_secret_key',
    model: 'true',
    differs: { person_id: person, data_key_id: keyOf('factor') },
  },
  {
    database: 'vault',
    table: 'factor_secret',
    model: `state = 'active'`,
    differs: { credential_id: person, data_key_id: keyOf('factor') },
  },
  {
    database: 'vault',
    table: 'contact_key',
    model: 'true',
    differs: { person_id: person, data_key_id: keyOf('contact') },
  },
  {
    database: 'vault',
    table: 'contact',
    model: `state = 'active'`,
    differs: { contact_id: person, blind_index: `md5('contact' || n)`, data_key_id: keyOf('contact') },
  },
];

const copyRows = ({ table, model, differs }: Copied): string => `
  INSERT INTO ${table}
  SELECT (jsonb_populate_record(model, jsonb_build_object(${Object.entries(differs)
    .map(([column, value]) => `'${column}', ${value}`)
    .join(', ')}))).*
    FROM (SELECT model FROM ${table} AS model WHERE ${model} LIMIT 1) AS one, generate_series(1, $1::int) AS n`;

/**
 * Fills the tables that an answer reads with rows of so many more people, who hold a factor each and never sign in: what
 * they would have left there, without the hours of making them one by one.
 */
export async function addCrowd(installation: Installation, count: number): Promise<void> {
  for (const each of copied) {
    const { database } = each;
    const url = database === 'vault' ? installation.ownerUrlOfVault() : installation.ownerUrl(database);
    await withClient(url, async (owner) => {
      const { rowCount } = await owner.query(copyRows(each), [count]);
      if (rowCount !== count) throw new Error(`${each.database} has no row of ${each.table} to copy`);
      await owner.query(`VACUUM ANALYZE ${each.table}`);
    });
  }
}
