/* docs/settings.md is of this code, and docs/operations.md speaks of commands and settings that exist. */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { afterRestoreSettings, migrationSettings, processes, variablesOf } = require('../infra/processes.cjs');
const { settingsPage } = require('./settings-page.cjs');
const { scripts } = require('../package.json');

const read = (path) => readFileSync(join(__dirname, '..', path), 'utf8');
const operations = read('docs/operations.md');

it('docs/settings.md is as "npm run settings" writes it', () => {
  expect(read('docs/settings.md')).toBe(settingsPage());
});

it('docs/operations.md names commands that exist', () => {
  const commands = [...operations.matchAll(/npm (?:run )?(?:-s )?([a-z][\w:-]*)/g)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(5);
  const ofNpm = ['ci', 'test', 'start'];
  expect([...new Set(commands)].filter((name) => !(name in scripts) && !ofNpm.includes(name))).toEqual([]);
  const files = [...operations.matchAll(/\b(?:tools|infra|docs)\/[\w./-]*[\w-]/g)].map(([path]) => path);
  // Made by `npm run secrets`.
  const made = (path) => path.startsWith('infra/docker/secrets');
  expect([...new Set(files)].filter((path) => !made(path) && !existsSync(join(__dirname, '..', path)))).toEqual([]);
});

it('docs/operations.md names settings that exist', () => {
  const known = new Set([
    ...processes.flatMap(variablesOf),
    ...Object.keys(migrationSettings.shape),
    ...Object.keys(afterRestoreSettings.shape),
  ]);
  const ofCommands = [
    'COFACTOR_SECRETS',
    'COFACTOR_UID',
    'COFACTOR_GID',
    'COFACTOR_HOME',
    'COFACTOR_REPLICAS',
    'COFACTOR_PORT',
  ];
  const named = [
    ...operations.matchAll(/\b(?:COFACTOR|KAFKA|REDIS|SMTP|MAIL|DATABASE|VAULT|MIGRATIONS)_[A-Z_]*[A-Z]\b/g),
  ];
  const unknown = named
    .map(([name]) => name.replace(/_FILE$/, ''))
    .filter((name) => !known.has(name) && !ofCommands.includes(name));
  expect(unknown).toEqual([]);
});
