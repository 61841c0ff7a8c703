const topology = process.env.COFACTOR_TEST_TOPOLOGY === 'services' ? 'services' : 'embedded';
const elsewhere = { embedded: 'services', services: 'embedded' }[topology];

// Many spec files start an installation of their own, which takes a few seconds on a busy machine.
module.exports = require('../../jest.preset.cjs')(__dirname, {
  testTimeout: { embedded: 60_000, services: 150_000 }[topology],
  testPathIgnorePatterns: [`<rootDir>/src/${elsewhere}/`],
  // One for the specs that can share it.
  globalSetup: '<rootDir>/src/before-all-specs.ts',
  globalTeardown: '<rootDir>/src/after-all-specs.ts',
});
