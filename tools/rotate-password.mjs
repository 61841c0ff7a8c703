/*
 * `npm run rotate-password -- NAME`: a new random password in the files of the folder COFACTOR_SECRETS, wherever the old
 * one stands: of a database role (owner, identity, …), redis or kafka. Whoever checks it must be told as well:
 * docs/operations.md says how.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.COFACTOR_SECRETS ?? 'infra/docker/secrets';
const [name, ...rest] = process.argv.slice(2);
const end = (sentence) => {
  console.error(sentence);
  process.exit(1);
};
if (!/^[a-z_]+$/.test(name ?? '') || rest.length > 0) end('npm run rotate-password -- NAME');
const [file, before] = [
  [`${name}-password`, ''],
  [`${name}-conf`, 'requirepass '],
].find(([one]) => existsSync(join(folder, one))) ?? [null, ''];
if (file === null) end(`There is no password of ${name} in ${folder}. COFACTOR_SECRETS names the folder.`);

const old = readFileSync(join(folder, file), 'utf8').trim().slice(before.length);
const replacement = randomBytes(24).toString('base64url');
const changed = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(folder, entry.name))
  .filter((path) => readFileSync(path, 'utf8').includes(old));
// In place: the owner and mode stay, and so does the file that a running container sees.
for (const path of changed) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(old, replacement));
console.log(`Changed ${changed.length} files of ${folder}.`);
