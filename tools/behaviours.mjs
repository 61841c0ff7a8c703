/*
 * `npm run behaviours`: for each number of docs/behaviours.md the tests that name it, and what became of them: `passed`,
 * `failed`, or `missing` where no test names it (or each that does was skipped); then, of what is here, which have no test by
 * the interface or in the browser, in one process or in six services. It reads what the last `npm test` left;
 * where it left nothing, or with `-- --run`, it runs all tests first but those of six services. Writes
 * behaviours.json; ends with 1 where a test failed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import behaviourReport from './behaviour-report.cjs';
import { findChromium } from './chromium.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { forgetReports, jest, keptReports, nx } from './test-steps.mjs';

ensureInstalled();
const { behavioursIn, lackingOf, tableOf, testsIn } = behaviourReport;
const root = fileURLToPath(new URL('..', import.meta.url));
const chromium = await findChromium();
if (chromium) process.env.CHROMIUM_PATH = chromium;
if (process.argv.includes('--run') || keptReports().length === 0) await runTests();

const behaviours = behavioursIn(readFileSync(join(root, 'docs/behaviours.md'), 'utf8'), testsIn(keptReports(), root));
writeFileSync(join(root, 'behaviours.json'), `${JSON.stringify(behaviours, null, 2)}\n`);
console.log(tableOf(behaviours));
const lacking = lackingOf(behaviours);
if (lacking !== null) console.log(`\n${lacking}`);
process.exitCode = behaviours.some(({ status }) => status === 'failed') ? 1 : 0;

async function runTests() {
  forgetReports();
  await nx('build', false);
  for (const level of ['unit', 'int', 'e2e']) {
    console.log(`Running the tests of level ${level}.`);
    await jest(level, level === 'e2e' ? { COFACTOR_TEST_TOPOLOGY: 'embedded' } : {});
  }
}
