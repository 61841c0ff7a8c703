const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const testTimeout = require('./jest.timeout.cjs');

const swcrc = { ...JSON.parse(readFileSync(join(__dirname, '.swcrc'), 'utf8')), swcrc: false };
const esmOnly = [
  '@scure',
  '@noble',
  'otplib',
  '@otplib',
  'jose',
  'canonicalize',
  'content-disposition',
  '@fastify/cookie',
  'cookie',
  // CommonJS, but with dynamic imports, which Jest cannot do as they are.
  '@opentelemetry/otlp-exporter-base',
];

/** One Jest configuration for every project; `level` picks the suffix: unit, int or e2e. */
module.exports = (directory, overrides = {}) => ({
  rootDir: directory,
  testEnvironment: 'node',
  testTimeout,
  testMatch: [`<rootDir>/src/**/*.${process.env.COFACTOR_TEST_LEVEL ?? '{unit,int,e2e}'}.spec.ts`],
  transform: {
    '^.+\\.ts$': ['@swc/jest', swcrc],
    '^.+\\.m?js$': ['@swc/jest', { swcrc: false, jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:.*/node_modules/)?(?:${esmOnly.join('|')})/)`],
  testEnvironmentOptions: { customExportConditions: ['@cofactor/source', 'node', 'node-addons'] },
  ...overrides,
});
