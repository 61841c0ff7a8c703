const topology = process.env.COFACTOR_TEST_TOPOLOGY === 'services' ? 'services' : 'embedded';
const elsewhere = { embedded: 'services', services: 'embedded' }[topology];

// Each spec file starts an installation of its own, which takes a few seconds on a busy machine.
module.exports = require('../../jest.preset.cjs')(__dirname, {
  testTimeout: { embedded: 60_000, services: 150_000 }[topology],
  testPathIgnorePatterns: [`<rootDir>/src/${elsewhere}/`],
});
