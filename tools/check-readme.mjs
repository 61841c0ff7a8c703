/*
 * Runs the README's commands as a reader would: one shell from top to bottom over all fenced `sh` blocks (and the lines
 * after `$` in `console` blocks), against an installation of its own that `npm start` brings up on a free port.
 * A curl that is answered with an error fails. `npm test` is left out because it is what runs this.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const README_ADDRESS = 'http://localhost:3000';
const READY_WITHIN = 120_000;

/** Commands that are not run here, each with the reason. */
const elsewhere = [
  { command: /^npm test$/, because: 'it is what runs this check' },
  { command: /^npm start$/, because: 'it runs beside all others, below' },
  { command: /^git clone /, because: 'whoever runs this has cloned' },
  { command: /^cd [\w-]+$/, because: 'the check runs in the cloned folder' },
  { command: /^npm run bench$/, because: 'it takes minutes; its script is only looked up' },
];

class ReadmeDoesNotHold extends Error {}

try {
  console.log(`${await check()} commands of the README work.`);
} catch (error) {
  if (!(error instanceof ReadmeDoesNotHold)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function check() {
  const commands = commandsOf(readFileSync(join(root, 'README.md'), 'utf8'));
  checkScriptsExist(commands);
  const rest = commands.filter((command) => !elsewhere.some((entry) => entry.command.test(command)));
  await withInstallation((address, home) => {
    return runShell(
      rest.map((command) => command.replaceAll(README_ADDRESS, address)),
      home,
    );
  });
  return commands.length;
}

/** A command may go over several lines with a backslash or a quote; comments and empty lines are left out. */
function commandsOf(markdown) {
  const blocks = [...markdown.matchAll(/^```(sh|console)\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(([, language, text]) => {
    if (language === 'sh' && !/^(npm|git|cd) /m.test(text)) return [text.trim()];
    const lines = text.replaceAll('\\\n', ' ').split('\n');
    const typed =
      language === 'sh' ? lines : lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
    return typed.map((line) => line.replace(/\s+#\s.*$/, '').trim()).filter((line) => line && !line.startsWith('#'));
  });
}

function checkScriptsExist(list) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [, name] of list.join('\n').matchAll(/^npm run ([\w-]+)/gm)) {
    if (!(name in scripts))
      throw new ReadmeDoesNotHold(`The README names "npm run ${name}", which package.json does not have.`);
  }
}

async function withInstallation(use) {
  const home = mkdtempSync(join(tmpdir(), 'cofactor-readme-'));
  // Open to passing through, so that as root the database's account finds its data in it.
  chmodSync(home, 0o711);
  const port = await freePort();
  const server = spawn(process.execPath, ['tools/start.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), COFACTOR_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => server.on('exit', resolve));
  try {
    const address = `http://localhost:${port}`;
    if (!(await isReady(address, ended))) throw new ReadmeDoesNotHold(`npm start did not become ready:\n${said}`);
    await use(address, home);
  } finally {
    server.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
}

async function isReady(address, ended) {
  let over = false;
  void ended.then(() => (over = true));
  for (const deadline = Date.now() + READY_WITHIN; !over && Date.now() < deadline; await pause(100)) {
    const answer = await fetch(`${address}/health/ready`).catch(() => undefined);
    if (answer?.ok) return true;
  }
  return false;
}

/** One shell for all, so that a variable set in one block is there in the next. */
async function runShell(lines, home) {
  const strictCurl = 'curl() { command curl --fail-with-body --silent --show-error --max-time 30 "$@"; }';
  const script = ['set -euo pipefail', strictCurl, ...lines.flatMap((line) => [`echo ${quoted(line)}`, line])].join(
    '\n',
  );
  const shell = spawn('bash', ['-c', script], {
    cwd: root,
    env: { ...process.env, COFACTOR_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => shell.on('close', resolve));
  if (code !== 0) throw new ReadmeDoesNotHold(`A command of the README failed:\n${said}`);
}

function quoted(line) {
  return `'$ ${line.replaceAll("'", `'\\''`)}'`;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
