import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** This release, as it was built before the tests. */
export const thisRelease = join(__dirname, '../../../..');

/** A change of one file: every `find` in it, of which there is at least one; or, with null, a file that is new. */
export interface Change {
  readonly file: string;
  readonly find: string | RegExp | null;
  readonly put: string;
}

/** What the copy takes from this release as it is. */
const atTheRoot = ['.swcrc', '.prettierrc.json', 'package.json', 'tsconfig.base.json', 'contracts.lock.json', 'tools'];
const ofAProject = ['package.json', 'src', 'fixtures'];
/** The pages come as they are; the others are not what a release runs. */
const notCopied = new Set(['web', 'standalone', 'e2e']);

const copied = (): readonly string[] =>
  ['libs', 'apps']
    .flatMap((folder) => readdirSync(join(thisRelease, folder)).map((name) => `${folder}/${name}`))
    .filter((project) => !notCopied.has(basename(project)));

/** Another release: a copy of this one's sources in a folder of its own, changed and built, with the same packages. */
export class ReleaseCopy {
  private constructor(readonly root: string) {}

  static make(changes: readonly Change[]): ReleaseCopy {
    const copy = new ReleaseCopy(mkdtempSync(join(tmpdir(), 'cofactor-release-')));
    copy.#copySources();
    copy.#linkPackages();
    copy.apply(changes);
    copy.run('tools/translate.mjs');
    return copy;
  }

  /** Changes sources; throws where one is no longer as the change expects it. */
  apply(changes: readonly Change[]): void {
    for (const { file, find, put } of changes) {
      const path = join(this.root, file);
      const before = find === null ? '' : readFileSync(path, 'utf8');
      const after = find === null ? put : before.replaceAll(find, put);
      if (after === before)
        throw new Error(`${file} no longer holds ${String(find)}: change what the next release has`);
      writeFileSync(path, after);
    }
  }

  /** Runs a program of the copy; throws with what it said where it fails. */
  run(program: string, environment: Readonly<Record<string, string>> = {}): void {
    const { status, said } = this.#tryRun([join(this.root, program)], environment);
    if (status !== 0) throw new Error(`${program} of the next release: ${said}`);
  }

  /** What the check of contracts says of it, beside the contracts of the last release. */
  checkContracts(): readonly string[] {
    const { said } = this.#tryRun(['--conditions=@cofactor/source', join(this.root, 'tools/check-contracts.mjs')]);
    return said.trim().split('\n');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #tryRun(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const { PATH = '', HOME = '' } = process.env;
    const ran = spawnSync(process.execPath, args, { env: { PATH, HOME, ...environment }, encoding: 'utf8' });
    return { status: ran.status, said: `${ran.stdout}${ran.stderr}` };
  }

  #copySources(): void {
    for (const name of atTheRoot) this.#copy(name);
    for (const project of copied()) {
      for (const part of ofAProject) this.#copy(join(project, part));
      this.#link(join(project, 'node_modules'));
    }
    this.#link('apps/web');
  }

  /** Of the packages, those of the workspace are the copies. */
  #linkPackages(): void {
    const own = '@cofactor';
    for (const name of readdirSync(join(thisRelease, 'node_modules'))) {
      if (name !== own) this.#link(join('node_modules', name));
    }
    mkdirSync(join(this.root, 'node_modules', own), { recursive: true });
    for (const project of [...copied(), 'apps/web']) {
      symlinkSync(join(this.root, project), join(this.root, 'node_modules', own, basename(project)));
    }
  }

  #copy(path: string): void {
    const from = join(thisRelease, path);
    if (existsSync(from)) cpSync(from, join(this.root, path), { recursive: true });
  }

  #link(path: string): void {
    const from = join(thisRelease, path);
    if (!existsSync(from)) return;
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(from, join(this.root, path));
  }
}
