'use strict';
/*
 * Keeps one PostgreSQL server alive for as long as its parent lives, and not longer.
 *
 * It runs in a session of its own, so that Ctrl-C in the terminal reaches the application and not the database. Its
 * standard input is a pipe whose other end only the parent holds: the first line is the order (JSON, see
 * src/supervised-server.ts), later lines are `restart` and `stop`, and the end of the pipe means that the parent is gone,
 * by whatever means. Reports go to standard output, one JSON object a line. Plain JavaScript without dependencies, so
 * that it costs little memory and runs the same from the sources and from the build.
 */
const { spawn, spawnSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const { createInterface } = require('node:readline');

/** Together below the five seconds after which nothing may be left (milliseconds after the fast shutdown). */
const IMMEDIATE_SHUTDOWN_AFTER = 3000;
const KILL_AFTER = 4000;
const LONGEST_PAUSE = 5000;
/** A server that was never ready is not tried for ever: the person at the terminal waits for an answer. */
const FIRST_START_ATTEMPTS = 5;

let order;
let server;
let stopping = false;
let wasReady = false;
let attempts = 0;

// The parent may be gone already; its shutdown is then under way by the end of the pipe.
process.stdout.on('error', () => {});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

function report(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Windows has no signals: pg_ctl speaks to the server's signal pipe there. */
function signal(name) {
  if (!server) return;
  if (process.platform === 'win32' && name !== 'SIGKILL') {
    spawnSync(order.pgCtl, ['kill', name.slice(3), String(server.pid)], { windowsHide: true });
  } else {
    server.kill(name);
  }
}

function start() {
  attempts += 1;
  server = spawn(order.command, order.args, {
    ...order.identity,
    cwd: order.dataDirectory,
    env: order.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const { pid } = server;
  createInterface({ input: server.stderr }).on('line', (line) => {
    report({ report: 'log', line });
    if (line.includes('database system is ready to accept connections')) {
      wasReady = true;
      attempts = 0;
      report({ report: 'ready', pid });
    }
  });
  server.on('error', (error) => exited(error.message));
  server.on('exit', (code, by) => exited(by ?? `exit code ${code}`));
}

function exited(reason) {
  server = undefined;
  if (stopping) return finish(0);
  report({ report: 'exited', reason });
  if (!wasReady && attempts >= FIRST_START_ATTEMPTS) return finish(1);
  const pause = attempts === 0 ? 0 : Math.min(100 * 2 ** attempts, LONGEST_PAUSE);
  setTimeout(() => {
    if (!stopping) start();
  }, pause);
}

function finish(code) {
  if (order?.removeAfterwards) rmSync(order.removeAfterwards, { recursive: true, force: true, maxRetries: 3 });
  process.exit(code);
}

function stop() {
  if (stopping) return;
  stopping = true;
  if (!server) return finish(0);
  signal('SIGINT');
  setTimeout(() => signal('SIGQUIT'), IMMEDIATE_SHUTDOWN_AFTER);
  setTimeout(() => signal('SIGKILL'), KILL_AFTER);
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (!order) {
    order = JSON.parse(line);
    start();
  } else if (line === 'restart') {
    signal('SIGINT');
  } else if (line === 'stop') {
    stop();
  }
});
lines.on('close', stop);
