/*
 * `npm run signing-keys -- add | promote | drop PROCESS`: replaces the key that a process signs with, in the file
 * keys/PROCESS/signing-keys.json of the folder COFACTOR_SECRETS. The first key signs, all are published, and a running
 * process follows the file; docs/operations.md says how long to wait between the steps.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync, chownSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const end = (sentence) => {
  console.error(sentence);
  process.exit(1);
};
const serviceKit = fileURLToPath(new URL('../libs/service-kit/dist/index.js', import.meta.url));
if (!existsSync(serviceKit)) end('Cofactor is not built here. Run npm run build, then try again.');
const { generateSigningKey } = createRequire(import.meta.url)(serviceKit);

const [step, name, ...rest] = process.argv.slice(2);
const path = join(process.env.COFACTOR_SECRETS ?? 'infra/docker/secrets', 'keys', name ?? '', 'signing-keys.json');
if (!['add', 'promote', 'drop'].includes(step) || !name || rest.length > 0) {
  end('npm run signing-keys -- add | promote | drop PROCESS');
}
if (!existsSync(path)) end(`There are no signing keys at ${path}. COFACTOR_SECRETS names the folder.`);

const { keys } = JSON.parse(readFileSync(path, 'utf8'));
if (step === 'add' ? keys.length > 1 : keys.length === 1) {
  end(keys.length > 1 ? 'A further key is there already.' : 'There is one key alone: add one first.');
}
const changed = {
  add: () => [
    ...keys,
    generateSigningKey(`${name}-${new Date().toISOString().slice(0, 10)}-${randomBytes(3).toString('hex')}`),
  ],
  promote: () => [keys.at(-1), ...keys.slice(0, -1)],
  drop: () => keys.slice(0, 1),
}[step]();
const { mode, uid, gid } = statSync(path);
writeFileSync(`${path}.new`, `${JSON.stringify({ keys: changed }, null, 2)}\n`, { mode: mode & 0o777, flag: 'wx' });
if (process.getuid?.() === 0) chownSync(`${path}.new`, uid, gid);
renameSync(`${path}.new`, path);
console.log(`${name} signs with ${changed[0].kid}; published: ${changed.map(({ kid }) => kid).join(', ')}.`);
