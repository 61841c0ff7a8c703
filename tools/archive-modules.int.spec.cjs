/* The archive out of which the programs of this tree load their modules (docs/adr/0016), as the build has made it. */
const { join } = require('node:path');
const { archivedModules } = require('./archived-modules.cjs');

const root = join(__dirname, '..');
const services = ['identity', 'factor-enrollment', 'challenge', 'notification', 'audit', 'gateway'];
const programs = [...services, 'standalone', 'services'].map((app) => `apps/${app}/dist/program.js`);

it.each([...programs, 'apps/services/dist/migrations.js'])(
  'holds every module of %s, and this Node takes it',
  (path) => {
    const { accepted, refused } = archivedModules(root, path);
    expect(refused).toBe(0);
    expect(accepted).toBeGreaterThan(300);
  },
);
