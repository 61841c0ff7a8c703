/*
 * A step of infra/docker/Dockerfile: `node assemble.mjs SERVICE INSTALLED BUILT IMAGE` puts together what one service
 * needs to run. INSTALLED holds its production dependencies, in which its packages of this repository are links; BUILT
 * holds what was built of those. The image gets an archive of its modules, so it must be put together by the Node that
 * will run it.
 */
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { archiveModules } from '../../tools/archive-modules.mjs';

const [service, installed, built, image] = process.argv.slice(2);
const ofThisRepository = join(installed, 'node_modules/@cofactor');
/** Tests, what tests are made of, types and the notes of the compiler: nothing of it runs in production. */
const notForRunning = /[.](?:spec|fixture|contract)[.](?:js|d[.]ts)(?:[.]map)?$|[.]d[.]ts(?:[.]map)?$|[.]tsbuildinfo$/;
const forRunning = (path) => !notForRunning.test(path);

mkdirSync(image, { recursive: true });
cpSync(join(installed, 'node_modules'), join(image, 'node_modules'), {
  recursive: true,
  verbatimSymlinks: true,
  filter: (path) => basename(path) !== '.bin' && !/[.](?:d[.][cm]?ts|map|md|markdown)$/.test(path),
});
for (const name of readdirSync(ofThisRepository))
  copyPackage(relative(installed, realpathSync(join(ofThisRepository, name))));
symlinkSync(join('apps', service), join(image, 'service'));
cpSync(join(built, 'infra/docker/healthcheck.mjs'), join(image, 'healthcheck.mjs'));
// Those commands of operations people that work on this service: `node tools/dead-letters.mjs list`.
const commands = {
  'dead-letters': 'libs/messaging',
  'vault-keys': 'libs/secret-vault',
  operator: 'apps/identity',
  rebuild: 'apps/audit',
};
for (const [command, needed] of Object.entries(commands)) {
  const path = `tools/${command}.mjs`;
  if (existsSync(join(image, needed))) cpSync(join(built, path), join(image, path));
}
await archiveModules(image);

/** `folder`: such as libs/contracts. Where npm could not lift a dependency to the top, it stands beside the package. */
function copyPackage(folder) {
  for (const part of ['package.json', 'dist']) {
    const from = join(built, folder, part);
    if (!existsSync(from)) throw new Error(`${folder} was not built`);
    cpSync(from, join(image, folder, part), { recursive: true, filter: forRunning });
  }
  const own = join(installed, folder, 'node_modules');
  if (existsSync(own) && lstatSync(own).isDirectory()) {
    cpSync(own, join(image, folder, 'node_modules'), { recursive: true, verbatimSymlinks: true, filter: forRunning });
  }
}
