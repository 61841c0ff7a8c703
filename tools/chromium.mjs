/* Finds a Chromium for the tests in the browser, or installs Debian's where that is allowed (docs: CONTRIBUTING.md). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium, or undefined. Installs system packages only as root or when told to by COFACTOR_INSTALL=yes. */
export async function findChromium() {
  return found() ?? (mayInstall() && (await install()) ? found() : undefined);
}

function found() {
  return places.find((path) => {
    if (!path) return false;
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function mayInstall() {
  return process.platform === 'linux' && (process.getuid?.() === 0 || process.env.COFACTOR_INSTALL === 'yes');
}

async function install() {
  console.log('Installing Chromium for the tests in the browser (apt-get).');
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const steps = [
    ['apt-get', 'update', '-q'],
    ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'chromium'],
  ];
  for (const step of steps) {
    const [command, ...args] = [...sudo, ...step];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const [code] = await once(spawn(command, args, { stdio: 'ignore', env }), 'close').catch(() => [1]);
    if (code !== 0) return false;
  }
  return true;
}
