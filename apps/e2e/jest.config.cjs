const topology = process.env.COFACTOR_TEST_TOPOLOGY === 'services' ? 'services' : 'embedded';
const elsewhere = { embedded: 'services', services: 'embedded' }[topology];

// Each spec file starts an installation of its own, which takes a few seconds on a busy machine.
module.exports = require('../../jest.preset.cjs')(__dirname, {
  testTimeout: 60_000,
  testPathIgnorePatterns: [`<rootDir>/src/${elsewhere}/`],
});
