/*
 * What a migration does that a program of the release before could trip over, while both run on the same tables
 * (docs/adr/0009). It reads SQL as text: it knows the words that take something away or ask for more than before, not what
 * a function does.
 */

/** In the whole of a statement, on whatever table. */
const losses = [
  [/\bDROP\b/, 'drops something'],
  [/\bRENAME\b/, 'renames something'],
  [/\bALTER (COLUMN )?\S+ (SET DATA )?TYPE\b/, 'changes the type of a column'],
  [/\bSET NOT NULL\b/, 'asks for a column to be filled'],
  [/\b(TRUNCATE|DELETE FROM)\b/, 'deletes rows'],
  [/\bREVOKE\b/, 'takes rights away'],
  [/\bCREATE OR REPLACE\b/, 'replaces what is in use'],
];

/** New rules, that may be broken by whoever does not know them. The first group is the table. */
const rules = [
  [
    /\bALTER TABLE (?:ONLY )?(\S+) .*\bADD (?:CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b/,
    'adds a constraint to',
  ],
  [/\bALTER TABLE (?:ONLY )?(\S+) .*\b(?:ENABLE|FORCE) ROW LEVEL SECURITY\b/, 'hides rows of'],
  [/\bCREATE UNIQUE INDEX .*?\bON (?:ONLY )?(\S+)/, 'adds a unique index to'],
  [/\bCREATE (?:CONSTRAINT )?TRIGGER .*?\bON (\S+)/, 'adds a trigger to'],
];
const columns = /\bALTER TABLE (?:ONLY )?(\S+) (.*\bADD COLUMN\b.*)/;

/** A sentence for each thing; none for a migration that only expands. `queries` are those that its `up` runs. */
function contractions(queries) {
  const statements = queries.flatMap(statementsIn);
  const made = new Set(statements.flatMap((sql) => /\bCREATE TABLE (?:IF NOT EXISTS )?(\S+)/.exec(sql)?.[1] ?? []));
  return statements.flatMap((sql) => [
    ...losses.filter(([words]) => words.test(sql)).map(([, loss]) => loss),
    ...rules.flatMap(([words, rule]) => {
      const table = words.exec(sql)?.[1];
      return table === undefined || made.has(table) ? [] : [`${rule} ${table.toLowerCase()}`];
    }),
    ...unfilledColumns(sql, made),
  ]);
}

/** In one case, with single spaces, without comments and the bodies of functions. */
function statementsIn(query) {
  return query
    .replace(/--.*$/gm, ' ')
    .replace(/\/\*.*?\*\//gs, ' ')
    .replace(/\bAS (\$\w*\$).*?\1/gs, 'AS BODY')
    .split(';')
    .map((sql) => sql.replace(/\s+/g, ' ').trim().toUpperCase());
}

function unfilledColumns(sql, made) {
  const [, table, changes] = columns.exec(sql) ?? [];
  if (table === undefined || made.has(table)) return [];
  return changes
    .split(/\bADD COLUMN\b/)
    .slice(1)
    .filter((column) => /\bNOT NULL\b|\bPRIMARY KEY\b/.test(column) && !/\bDEFAULT\b|\bGENERATED\b/.test(column))
    .map(() => `adds a column to ${table.toLowerCase()} that must be filled`);
}

module.exports = { contractions };
