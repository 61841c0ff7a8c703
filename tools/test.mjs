/*
 * `npm test`: everything that CI checks, beginning with what is quickest to say that something is wrong. Each step prints
 * one line; a failed one also what it said. The last line is `N passed, N failed, N skipped`: every Jest test counts, and
 * every other step counts as one.
 */
import { ensureInstalled } from './ensure-installed.mjs';
import { findChromium } from './chromium.mjs';
import { keepScratchInMemory } from './scratch-folder.mjs';
import { startTestServers } from './test-servers.mjs';
import { command, forgetReports, jest, nx, runStep, slowestSpecs, typeScriptProjects } from './test-steps.mjs';

ensureInstalled();
forgetReports();
keepScratchInMemory();
const onCi = process.env.CI === 'true';

/** What the others stand on; the linter reads what the pages call. */
const compiled = [
  // One process for all projects: each of its own would load the compiler and the same types again.
  ['Types', () => command('typescript', '-b', ...typeScriptProjects())],
  ['Types of the interface', () => command(['apps/web/generate-api-types.mjs'])],
];
const format = [['Format', () => command('prettier', '--check', '--log-level=warn', '.')]];
const lint = [['Lint', () => command('eslint', '.')]];
/** What programs that the tests start are loaded from. */
const built = [
  ['Build', () => nx('build', onCi)],
  ['Archive of modules', () => command(['tools/archive-modules.mjs'])],
];
/** Most of what integration tests do is wait: there is room beside them. */
const besideIntegration = [
  ['Contracts', () => command(['--conditions=@cofactor/source', 'tools/check-contracts.mjs'])],
  ['Boundaries', () => command('dependency-cruiser', '--config', '.dependency-cruiser.cjs', 'apps', 'libs')],
  ['Dead code', () => command('knip')],
  ['Unit tests', () => jest('unit')],
];
const integration = (environment) => [['Integration tests', () => jest('int', environment)]];
const endToEnd = (environment, missing) => [
  ['End-to-end tests, one process', () => jest('e2e', { COFACTOR_TEST_TOPOLOGY: 'embedded' })],
  ['End-to-end tests, six services', () => endToEndOfServices(environment, missing)],
  ['Commands of the README', () => command(['tools/check-readme.mjs'])],
];

/** They need every server; without one of them all are skipped, and counted as one. */
function endToEndOfServices(environment, missing) {
  if (missing.length > 0) return { passed: 0, failed: 0, skipped: 1, said: '' };
  return jest('e2e', { ...environment, COFACTOR_TEST_TOPOLOGY: 'services' });
}

const total = { passed: 0, failed: 0, skipped: 0 };
async function runAll(list) {
  for (const [name, step] of list) {
    const { passed, failed, skipped } = await runStep(name, step);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
}

async function runTests({ environment, missing, stop }) {
  for (const sentence of missing) console.log(`${sentence} The tests that need it are skipped.`);
  await Promise.all([runAll(integration(environment)), runAll(besideIntegration)]);
  await runAll(endToEnd(environment, missing));
  await stop();
  return missing;
}

// What has to be fetched is waited for, not worked on.
const [chromium] = await Promise.all([findChromium(), runAll(format), runAll(compiled)]);
if (chromium) process.env.CHROMIUM_PATH = chromium;
else console.log('No Chromium was found, so the tests in the browser are skipped. CHROMIUM_PATH names one.');
const [missing] = await Promise.all([
  Promise.all([startTestServers(), runAll(built)]).then(([servers]) => runTests(servers)),
  runAll(lint),
]);
console.log(['The slowest specs:', ...slowestSpecs(10)].join('\n'));
// On CI a server that could not be had is a failure: its tests would otherwise never be missed.
const complete = !onCi || (chromium !== undefined && missing.length === 0);
process.exitCode = total.failed === 0 && complete ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
