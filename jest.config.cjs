const { readdirSync, existsSync } = require('node:fs');
const { join } = require('node:path');
const testTimeout = require('./jest.timeout.cjs');

const inFolder = (folder) => readdirSync(join(__dirname, folder)).map((name) => `${folder}/${name}`);
const projects = ['tools', 'bench', ...inFolder('libs'), ...inFolder('apps')];

/** All projects at once: `COFACTOR_TEST_LEVEL=unit npx jest`. */
module.exports = {
  // Jest takes it from here alone when it runs several projects.
  testTimeout,
  testSequencer: `${__dirname}/jest.sequencer.cjs`,
  projects: projects.map((project) => `${project}/jest.config.cjs`).filter((file) => existsSync(join(__dirname, file))),
};
