/*
 * `npm test`: everything that CI checks, in the order in which it is quickest to learn that something is wrong.
 * Each step prints one line; a failed one also what it said. The last line is `N passed, N failed, N skipped`: every
 * Jest test counts, and every other step counts as one.
 */
import { ensureInstalled } from './ensure-installed.mjs';
import { findChromium } from './chromium.mjs';
import { command, jest, nx, runStep, typeScriptProjects } from './test-steps.mjs';

ensureInstalled();
const onCi = process.env.CI === 'true';
const chromium = findChromium();
if (chromium) process.env.CHROMIUM_PATH = chromium;
else console.log('No Chromium was found, so the tests in the browser are skipped. CHROMIUM_PATH names one.');

const steps = [
  ['Format', () => command('prettier', '--check', '--log-level=warn', '.')],
  // One process for all projects: each of its own would load the compiler and the same types again.
  ['Types', () => command('typescript', '-b', ...typeScriptProjects())],
  ['Build', () => nx('build', onCi)],
  ['Contracts', () => command(['--conditions=@cofactor/source', 'tools/check-contracts.mjs'])],
  ['Lint', () => command('eslint', '.')],
  ['Boundaries', () => command('dependency-cruiser', '--config', '.dependency-cruiser.cjs', 'apps', 'libs')],
  ['Dead code', () => command('knip')],
  ['Unit tests', () => jest('unit')],
  ['Integration tests', () => jest('int')],
  ['End-to-end tests', () => jest('e2e')],
  ['Commands of the README', () => command(['tools/check-readme.mjs'])],
];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, step] of steps) {
  const { passed, failed, skipped } = await runStep(name, step);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
// On CI a server that could not be had is a failure: its tests would otherwise never be missed.
const complete = !onCi || chromium !== undefined;
process.exitCode = total.failed === 0 && complete ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
