/*
 * The first step of `npm start` and `npm test`: the right Node, and the packages of the lockfile. No dependencies, since
 * there may be none yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockfile = join(root, 'package-lock.json');
/** Written by npm when an installation is complete. */
const installed = join(root, 'node_modules', '.package-lock.json');
/** Which lockfile that installation followed: times alone lie after a change of branches. */
const stamp = join(root, 'node_modules', '.cofactor-installed');

/** Installs what is missing; ends the process with one sentence where that cannot be done. */
export function ensureInstalled() {
  checkNode();
  if (isInstalled()) return;
  console.log('Installing packages (npm ci). The first time this takes up to a minute.');
  const npm = process.env.npm_execpath;
  const [command, before] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(command, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: !npm && process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('The packages could not be installed: npm says why above. Check the network and start again.');
    process.exit(1);
  }
  writeFileSync(stamp, fingerprint());
}

function isInstalled() {
  if (!existsSync(installed)) return false;
  const current = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return true;
  if (statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) return false;
  writeFileSync(stamp, current);
  return true;
}

function fingerprint() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [from, below] = engines.node.match(/\d+(\.\d+)?/g).map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  const current = Number(`${major}.${String(minor).padStart(2, '0')}`);
  if (current >= from && current < below) return;
  console.error(`Cofactor needs Node ${from} or newer, below ${below}; this is Node ${process.versions.node}.`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
