/*
 * `npm run secrets -- https://mfa.practice.example`: makes every password and key of docker-compose.yml, each with a
 * random value of its own, in infra/docker/secrets, and .env beside docker-compose.yml. Never overwrites: whoever
 * replaced the vault's keys could open nothing that was sealed before. COFACTOR_SECRETS and COFACTOR_ENV name other
 * places.
 */
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = process.env.COFACTOR_SECRETS ?? join(root, 'infra/docker/secrets');
const unfinished = `${folder}.unfinished`;
const environmentFile = process.env.COFACTOR_ENV ?? join(root, '.env');
const pages = process.argv[2] ?? 'http://localhost:3000';

refuseWhereItCannotWork();
const { FileMasterKey, vaultServices } = built('secret-vault');
const { generateSigningKey } = built('service-kit');
/** The containers run under this account, so that they, and nobody else, can read what is made here. */
const isRoot = process.getuid() === 0;
const [user, group] = isRoot ? [10001, 10001] : [process.getuid(), process.getgid()];

rmSync(unfinished, { recursive: true, force: true });
mkdirSync(unfinished, { recursive: true, mode: 0o700 });
makePasswords();
makeSigningKeys();
await makeVaultKeys();
if (isRoot) giveAway(unfinished);
const settings = { COFACTOR_UID: user, COFACTOR_GID: group, COFACTOR_PAGES_URL: pages };
const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
writeFileSync(environmentFile, lines.join(''), { flag: 'wx' });
renameSync(unfinished, folder);
console.log(`The secrets are in ${folder}. Keep a copy where only you can read it: without the vault's keys,
no factor, address or password can be opened again.`);

function refuseWhereItCannotWork() {
  const end = (sentence) => {
    console.error(sentence);
    process.exit(1);
  };
  if (process.getuid === undefined)
    end('The secrets are for Linux containers: make them on Linux or macOS, or in WSL.');
  if (!URL.canParse(pages) || new URL(pages).origin !== pages) {
    end('Name the address of the pages as people type it, such as https://mfa.practice.example.');
  }
  for (const path of [folder, environmentFile]) {
    if (existsSync(path)) end(`${path} is there already. Nothing was changed.`);
  }
  if (!existsSync(join(root, 'libs/secret-vault/dist'))) end('Run npm ci and npm run build first.');
}

function makePasswords() {
  const password = () => randomBytes(24).toString('base64url');
  const roles = vaultServices.map((service) => service.replaceAll('-', '_'));
  const passwordOf = Object.fromEntries(['superuser', 'owner', ...roles].map((role) => [role, password()]));
  const url = (role, database) => `postgres://${role}:${passwordOf[role]}@postgres:5432/${database}`;
  for (const [role, text] of Object.entries(passwordOf)) write(`${role}-password`, text);
  write('provisioning-database-url', `postgres://postgres:${passwordOf.superuser}@postgres:5432/postgres`);
  for (const role of roles) {
    write(`${role}-database-url`, url(role, role));
    write(`${role}-vault-database-url`, url(role, 'vault'));
  }
  for (const database of [...roles, 'vault']) write(`${database}-migrations-database-url`, url('owner', database));
  const redis = password();
  write('redis-conf', `requirepass ${redis}`);
  write('redis-url', `redis://:${redis}@redis:6379`);
  write('kafka-password', password());
  write('smtp-url', 'smtp://mailpit:1025');
  write('aws-credentials', '# [default]\n# aws_access_key_id = …\n# aws_secret_access_key = …');
  write('grafana-password', password());
}

/** A folder for each process, so that it sees a file that is replaced (rotation), and no key of another. */
function makeSigningKeys() {
  const today = new Date().toISOString().slice(0, 10);
  for (const name of ['gateway', ...vaultServices]) {
    const key = generateSigningKey(`${name}-${today}-${randomBytes(3).toString('hex')}`);
    write(`keys/${name}/signing-keys.json`, JSON.stringify({ keys: [key] }, null, 2));
  }
}

/** The file with all of them is for rotation and backups alone; no container sees it. */
async function makeVaultKeys() {
  const master = await FileMasterKey.create(join(unfinished, 'vault-keys.json'));
  for (const service of vaultServices) {
    await master.share(service, join(unfinished, 'keys', service, 'vault-keys.json'));
  }
}

function write(name, text) {
  const path = join(unfinished, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
}

/** Made by root, they are for the account of the images. */
function giveAway(path) {
  chownSync(path, user, group);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) giveAway(join(path, entry.name));
    else chownSync(join(path, entry.name), user, group);
  }
}

function built(name) {
  return require(join(root, 'libs', name, 'dist/index.js'));
}
