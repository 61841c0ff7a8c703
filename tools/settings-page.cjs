/* docs/settings.md: every variable of every process, from the zod schemas. */
const { z } = require('zod');
const { kafkaSettings } = require('@cofactor/messaging');
const { afterRestoreSettings, migrationSettings, processes, variablesOf } = require('../infra/processes.cjs');

const head = `# Settings

Every variable that a process reads. This page is made from the schemas in \`apps/*/src/config.ts\` and
\`libs/service-host/src/migrations.ts\` by \`npm run settings\`; a test fails when it is older than they are.

Each \`NAME\` may also come as \`NAME_FILE\`, a path whose content is the value: use that for secrets. A value that is not
right ends the start with one sentence that names the variable, and never the value.
`;

/** Each variable with its schema and the processes that read it; twice where two mean different things by it. */
function settingsOfAll() {
  const all = new Map();
  for (const process of processes) {
    for (const variable of variablesOf(process)) {
      const schema = process.settings.shape[variable];
      const meaning = `${variable}: ${schema.description}`;
      const readers = all.get(meaning)?.readers ?? [];
      all.set(meaning, { variable, schema, readers: [...readers, process.name] });
    }
  }
  return [...all.values()];
}

function withoutIt(schema) {
  const { success, data } = schema.safeParse(undefined);
  if (!success) return 'must be set';
  return data === undefined || data === null ? '–' : `\`${data}\``;
}

function takes(schema) {
  const { enum: values, default: _, type } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  return type === 'integer' || type === 'number' ? 'number' : 'text';
}

function row(variable, schema, readers) {
  if (!schema.description) throw new Error(`${variable} has no description.`);
  return `| \`${variable}\` | ${schema.description.replaceAll('|', '\\|')} | ${takes(schema)} | ${withoutIt(schema)} | ${readers} |`;
}

function readersOf(names) {
  if (names.length === processes.length) return 'all';
  const missing = processes.map(({ name }) => name).filter((name) => !names.includes(name));
  return missing.length <= 1 ? `all but ${missing[0]}` : names.join(', ');
}

function settingsPage() {
  const columns = '| variable | what it says | takes | without it | read by |\n| --- | --- | --- | --- | --- |';
  const rows = settingsOfAll().map(({ variable, schema, readers }) => row(variable, schema, readersOf(readers)));
  const ofMigrations = Object.entries(migrationSettings.shape).map(([variable, schema]) =>
    row(variable, schema, 'migrations'),
  );
  const ofAfterRestore = Object.entries(afterRestoreSettings.shape)
    .filter(([variable]) => !(variable in kafkaSettings.shape))
    .map(([variable, schema]) => row(variable, schema, 'after-restore'));
  const tables = [
    rows.join('\n'),
    `## Of the migrations\n\n${columns}\n${ofMigrations.join('\n')}`,
    `## Of after-restore\n\nBeside those of Kafka:\n\n${columns}\n${ofAfterRestore.join('\n')}`,
  ];
  return `${head}\n${columns}\n${tables.join('\n\n')}\n`;
}

module.exports = { settingsPage };
