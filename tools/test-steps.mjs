/* How one step of `npm test` is run and counted. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LONGEST_STEP = 20 * 60_000;
/** What each level of tests said last, for `npm run behaviours`. */
const reports = join(root, '.nx', 'test-reports');

/** Runs a step, prints its line, and what it said if something in it failed; resolves with its counts. */
export async function runStep(name, step) {
  const began = Date.now();
  const { passed, failed, skipped, said } = await step();
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(
    `── ${name} · ${failed === 0 ? 'passed' : 'FAILED'} in ${seconds} s (${passed} passed, ${failed} failed, ${skipped} skipped)`,
  );
  if (failed > 0) console.log(said);
  return { passed, failed, skipped };
}

/** A step that is one command of a package in node_modules, or a script of ours (in an array); it counts as one. */
export async function command(tool, ...args) {
  const { code, said } = await run(Array.isArray(tool) ? tool : [binaryOf(tool), ...args]);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0, said } : { passed: 0, failed: 1, skipped: 0, said };
}

/** One Nx target of every project; on CI without the cache, so that nothing passes from memory. */
export function nx(target, withoutCache) {
  const cache = withoutCache ? ['--skip-nx-cache'] : [];
  return command('nx', 'run-many', `--target=${target}`, '--outputStyle=static', '--parallel=2', ...cache);
}

/** Every project that `tsc -b` builds; the pages are checked by their own Nx target, since Vite builds them. */
export function typeScriptProjects() {
  return ['libs', 'apps']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((project) => project !== 'apps/web' && existsSync(join(root, project, 'tsconfig.json')));
}

/** Spec files at a time: more than the two cores are, since some of what each does is wait; where they wait for servers, half. */
const filesAtATime = (level) => (level === 'int' ? 4 : 3);

/** Every Jest test of one level, over all projects in one run. `environment` is what the tests are told beside. */
export async function jest(level, environment = {}) {
  const { COFACTOR_TEST_TOPOLOGY: topology } = environment;
  const report = join(reports, `${topology === undefined ? level : `${level}-${topology}`}.json`);
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  const { code, said } = await run(
    [
      binaryOf('jest'),
      '--json',
      `--outputFile=${report}`,
      // Kept from run to run, unlike what the tests write.
      `--cacheDirectory=${join(root, '.nx', 'jest')}`,
      `--maxWorkers=${filesAtATime(level)}`,
      '--passWithNoTests',
    ],
    { ...environment, COFACTOR_TEST_LEVEL: level },
  );
  return { ...countJest(report, code), said };
}

/** The reports of the last run, each under its level and, of end-to-end tests, topology. */
export function keptReports() {
  if (!existsSync(reports)) return [];
  return readdirSync(reports).map((file) => {
    const { testResults } = JSON.parse(readFileSync(join(reports, file), 'utf8'));
    return { name: file.replace(/[.]json$/, ''), results: testResults };
  });
}

/** A line for each of the spec files that took longest in the last run, with its level and the seconds. */
export function slowestSpecs(count) {
  return keptReports()
    .flatMap(({ name, results }) =>
      results.map((spec) => ({
        name,
        file: relative(root, spec.name),
        seconds: (spec.endTime - spec.startTime) / 1000,
      })),
    )
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, count)
    .map(({ name, file, seconds }) => `${seconds.toFixed(1).padStart(7)} s · ${name} · ${file}`);
}

/** Forgets them, so that what is counted is of one run. */
export const forgetReports = () => rmSync(reports, { recursive: true, force: true });

/** A suite that could not run, and a run that ended badly without any failed test, each count as one failure. */
function countJest(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function binaryOf(tool) {
  const manifest = join(root, 'node_modules', tool, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  const short = { 'dependency-cruiser': 'depcruise', typescript: 'tsc' }[tool] ?? tool;
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[short]);
}

function run(args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const tooLong = setTimeout(() => child.kill('SIGKILL'), LONGEST_STEP);
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    child.on('close', (code) => {
      clearTimeout(tooLong);
      resolve({ code, said: code === null ? `${said}\nEnded after ${LONGEST_STEP / 60_000} minutes.` : said });
    });
  });
}
