import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeWithinReach, SYSTEM_FOLDER } from './binaries';
import { canReach } from './server-account';

const nobody = { uid: 65534, gid: 65534 };
const version = `of-a-test-${process.pid}`;
const copy = join(SYSTEM_FOLDER, `postgresql-${version}`);
let root: string;
let native: string;

/** The shape of a platform package whose postinstall did not run. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cofactor-binaries-'));
  native = join(root, 'native');
  for (const folder of ['bin', 'lib', 'share']) mkdirSync(join(native, folder), { recursive: true });
  for (const program of ['initdb', 'postgres', 'pg_ctl'])
    writeFileSync(join(native, 'bin', program), '', { mode: 0o600 });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), '');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const path of [copy, `${copy}.${process.pid}`]) rmSync(path, { recursive: true, force: true });
});

describe('the binaries', () => {
  it('are used where they lie, once the links that a blocked postinstall left out are made', () => {
    chmodSync(root, 0o755);
    expect(placeWithinReach(native, version, undefined)).toBe(native);
    expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(statSync(join(native, 'bin', 'postgres')).mode & 0o111).toBe(0o111);
    expect(placeWithinReach(native, version, undefined)).toBe(native);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('are copied to where the server’s account can read them', () => {
    for (const path of [root, join(native, 'lib')]) chmodSync(path, 0o700);
    chmodSync(join(native, 'lib', 'libpq.so.5.18'), 0o600);
    expect(placeWithinReach(native, version, nobody)).toBe(copy);
    expect(canReach(nobody, join(copy, 'bin', 'postgres'))).toBe(true);
    expect(canReach(nobody, join(copy, 'lib', 'libpq.so.5'))).toBe(true);
    const made = statSync(copy).ctimeMs;
    expect(placeWithinReach(native, version, nobody)).toBe(copy);
    expect(statSync(copy).ctimeMs).toBe(made);
  });

  asRoot('are copied whole or not at all', () => {
    chmodSync(root, 0o700);
    // A pipe among the files cannot be copied, so the copying ends half-way.
    expect(spawnSync('mkfifo', [join(native, 'share', 'pipe')]).status).toBe(0);
    expect(() => placeWithinReach(native, version, nobody)).toThrow('pipe');
    expect(existsSync(`${copy}.${process.pid}`)).toBe(true);
    expect(existsSync(copy)).toBe(false);
  });
});
