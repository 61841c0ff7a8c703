module.exports = require('../jest.preset.cjs')(__dirname, {
  testMatch: [`<rootDir>/*.${process.env.COFACTOR_TEST_LEVEL ?? '{unit,int,e2e}'}.spec.ts`],
});
