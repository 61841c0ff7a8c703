const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { contractions } = require('./expanding-migrations.cjs');

const root = join(__dirname, '..');
const migrationClass = /\bimplements MigrationInterface\b/g;

/** Every migration of every project, by its name. */
function migrations() {
  return ['libs', 'apps']
    .flatMap((folder) => readdirSync(join(root, folder)).map((project) => join(root, folder, project, 'src')))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap(migrationsIn);
}

function migrationsIn(file) {
  const declared = readFileSync(file, 'utf8').match(migrationClass)?.length ?? 0;
  if (declared === 0) return [];
  const found = Object.values(require(file))
    .flat()
    .filter((exported) => typeof exported === 'function' && exported.prototype?.up);
  if (found.length !== declared) throw new Error(`${file} declares migrations that it does not export`);
  return found;
}

async function queriesOf(Migration) {
  const queries = [];
  const runner = {
    query: (sql) => {
      queries.push(sql);
      return Promise.resolve([]);
    },
  };
  await new Migration().up(runner);
  return queries;
}

describe('§6.11 while two releases run on the same tables', () => {
  const all = migrations();

  it('every database has migrations that are looked at', () => {
    const names = all.map(({ name }) => name.replace(/\d+$/, ''));
    const some = [
      'CreateEventLog',
      'CreateVault',
      'CreateInbox',
      'CreateDirectory',
      'CreateOutgoing',
      'CreateAuditLog',
    ];
    expect(names).toEqual(expect.arrayContaining(some));
  });

  it.each(all.map((one) => [one.name, one]))('%s only expands', async (_name, Migration) => {
    expect(contractions(await queriesOf(Migration))).toEqual([]);
  });
});

describe('a migration that contracts is told so', () => {
  it.each([
    ['DROP TABLE sessions', 'drops something'],
    ['ALTER TABLE sessions DROP COLUMN level', 'drops something'],
    ['ALTER TABLE sessions\n  RENAME level TO assurance', 'renames something'],
    ['alter table sessions alter column level type integer', 'changes the type of a column'],
    ['ALTER TABLE sessions ALTER level SET DATA TYPE integer', 'changes the type of a column'],
    ['ALTER TABLE sessions ALTER COLUMN level SET NOT NULL', 'asks for a column to be filled'],
    ['TRUNCATE sessions', 'deletes rows'],
    ['SELECT 1; DELETE FROM sessions', 'deletes rows'],
    ['REVOKE INSERT ON sessions FROM identity', 'takes rights away'],
    ['CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ $$ LANGUAGE sql', 'replaces what is in use'],
    ['ALTER TABLE sessions ADD COLUMN site text NOT NULL', 'adds a column to sessions that must be filled'],
    [
      "ALTER TABLE sessions ADD COLUMN a text NOT NULL DEFAULT '', ADD COLUMN b text NOT NULL",
      'adds a column to sessions that must be filled',
    ],
    ['ALTER TABLE sessions ADD CONSTRAINT levels CHECK (level <> 0)', 'adds a constraint to sessions'],
    ['ALTER TABLE sessions ADD UNIQUE (person_id)', 'adds a constraint to sessions'],
    ['CREATE UNIQUE INDEX one ON sessions (person_id)', 'adds a unique index to sessions'],
    ['CREATE TRIGGER t BEFORE INSERT ON sessions EXECUTE FUNCTION f()', 'adds a trigger to sessions'],
    ['ALTER TABLE sessions ENABLE ROW LEVEL SECURITY', 'hides rows of sessions'],
  ])('%s', (sql, sentence) => {
    expect(contractions([sql])).toEqual([sentence]);
  });
});

it.each([
  'ALTER TABLE sessions ADD COLUMN site text',
  "ALTER TABLE sessions ADD COLUMN site text NOT NULL DEFAULT 'none'",
  'ALTER TABLE sessions ADD COLUMN number bigint NOT NULL GENERATED ALWAYS AS IDENTITY',
  'CREATE INDEX CONCURRENTLY of_person ON sessions (person_id)',
  'CREATE TABLE a (id text REFERENCES b ON DELETE CASCADE)',
  'CREATE TABLE a (id text); CREATE UNIQUE INDEX one ON a (id); ALTER TABLE a ADD UNIQUE (id)',
  'CREATE FUNCTION f() RETURNS trigger AS $x$ BEGIN DELETE FROM a; END $x$ LANGUAGE plpgsql',
  '-- DROP TABLE a\nSELECT 1 /* RENAME */',
])('only expands: %s', (sql) => {
  expect(contractions([sql])).toEqual([]);
});
