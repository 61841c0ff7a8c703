/* I7: every rule in .dependency-cruiser.cjs fires on a violation of its own, and on nothing else. */
const { execFileSync } = require('node:child_process');
const { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { forbidden } = require('../.dependency-cruiser.cjs');

const packages = { contracts: 'libs', 'event-sourcing': 'libs', 'event-store': 'libs', redis: 'libs', testkit: 'libs' };
const services = { challenge: 'apps', gateway: 'apps', identity: 'apps', standalone: 'apps' };

/** What may be: none of these is reported. */
const allowed = {
  'apps/identity/src/domain/person.ts': `import '@cofactor/contracts'; import '@cofactor/event-sourcing'; import './email';`,
  'apps/identity/src/domain/email.ts': 'export {};',
  'apps/identity/src/domain/person.unit.spec.ts': `import 'node:crypto'; import './person'; import '@cofactor/testkit';`,
  'apps/identity/src/adapters/people.ts': `import 'pg'; import '@cofactor/event-store'; import '../domain/person';`,
  'apps/standalone/src/compose.ts': `import '@cofactor/identity'; import '@cofactor/challenge';`,
  'libs/event-store/src/hen.ts': `import './egg';`,
  'apps/gateway/src/counts.ts': `import '@cofactor/redis';`,
  'libs/redis/src/index.ts': `import 'ioredis';`,
  'libs/contracts/src/hash.ts': `import 'node:crypto';`,
  'libs/event-store/src/append.ts': `import 'pg'; import 'node:net'; import '@cofactor/event-sourcing';`,
};

/** For each rule the files that break it, and what they import. */
const violations = {
  'domain-knows-only-the-language': {
    'apps/identity/src/domain/reads-storage.ts': '@cofactor/event-store',
    'apps/identity/src/domain/reads-adapter.ts': '../adapters/people',
    'apps/identity/src/domain/reads-clock.ts': 'node:timers',
  },
  'services-never-import-each-other': {
    'apps/challenge/src/asks-identity.ts': '@cofactor/identity',
    'apps/identity/src/asks-the-whole.ts': '@cofactor/standalone',
  },
  'gateway-has-no-storage': {
    'apps/gateway/src/queries.ts': 'pg',
    'apps/gateway/src/appends.ts': '@cofactor/event-store',
  },
  'redis-through-its-library': {
    'apps/gateway/src/connects.ts': 'ioredis',
    'libs/event-store/src/connects.ts': 'ioredis',
  },
  'libs-never-import-apps': { 'libs/event-store/src/knows-identity.ts': '@cofactor/identity' },
  'pure-libs-do-nothing': {
    'libs/contracts/src/reads-file.ts': 'node:fs',
    'libs/contracts/src/queries.ts': 'pg',
    'libs/event-sourcing/src/appends.ts': '@cofactor/event-store',
  },
  // A cycle is reported once, where it is met first.
  'no-cycles': { 'libs/event-store/src/egg.ts': './hen' },
  'testkit-only-in-tests': { 'apps/identity/src/uses-fixed-clock.ts': '@cofactor/testkit' },
  'libs-through-their-door': { 'apps/identity/src/climbs-in.ts': '../../../libs/event-store/src/append' },
  'nothing-unresolvable': { 'apps/identity/src/mistyped.ts': '@cofactor/contract' },
};

let root;
let reported;

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function writePackage(name, folder) {
  const exports = { '.': { '@cofactor/source': './src/index.ts' } };
  write(`${folder}/${name}/package.json`, JSON.stringify({ name: `@cofactor/${name}`, exports }));
  write(`${folder}/${name}/src/index.ts`, 'export {};');
  mkdirSync(join(root, 'node_modules/@cofactor'), { recursive: true });
  symlinkSync(join(root, folder, name), join(root, 'node_modules/@cofactor', name));
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cofactor-boundaries-'));
  for (const [name, folder] of Object.entries({ ...packages, ...services })) writePackage(name, folder);
  for (const driver of ['pg', 'ioredis']) {
    write(`node_modules/${driver}/package.json`, JSON.stringify({ name: driver, main: 'index.js' }));
    write(`node_modules/${driver}/index.js`, '');
  }
  for (const [file, text] of Object.entries(allowed)) write(file, text);
  for (const files of Object.values(violations)) {
    for (const [file, imported] of Object.entries(files)) write(file, `import '${imported}';`);
  }
  const config = join(__dirname, '..', '.dependency-cruiser.cjs');
  const command = join(__dirname, '..', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const order = [command, '--config', config, '--output-type', 'json', 'apps', 'libs'];
  // It ends with the number of violations, so a non-zero exit is what we hope for.
  const said = (() => {
    try {
      return execFileSync(process.execPath, order, { cwd: root, encoding: 'utf8' });
    } catch (error) {
      return error.stdout;
    }
  })();
  reported = JSON.parse(said).summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('I7: the boundaries', () => {
  it.each(Object.keys(violations))('%s fires on its violations', (rule) => {
    const files = Object.keys(violations[rule]);
    expect(reported).toEqual(expect.arrayContaining(files.map((file) => `${rule}: ${file}`)));
  });

  it('all have an example here', () => {
    expect(forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(violations).sort());
  });

  it('leave in peace what keeps to them', () => {
    expect(reported.filter((line) => line.split(': ')[1] in allowed)).toEqual([]);
  });

  it('each give a reason', () => {
    for (const { comment } of forbidden) expect(comment.length).toBeGreaterThan(40);
  });
});
