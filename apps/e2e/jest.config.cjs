const topology = process.env.COFACTOR_TEST_TOPOLOGY === 'services' ? 'services' : 'embedded';
const elsewhere = { embedded: 'services', services: 'embedded' }[topology];

module.exports = require('../../jest.preset.cjs')(__dirname, {
  testPathIgnorePatterns: [`<rootDir>/src/${elsewhere}/`],
  // One for the specs that can share it.
  globalSetup: '<rootDir>/src/before-all-specs.ts',
  globalTeardown: '<rootDir>/src/after-all-specs.ts',
});
