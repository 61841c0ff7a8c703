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

const lock = 'contracts.lock.json';
/** What the copy takes from this release as it is. */
const atTheRoot = ['.swcrc', '.prettierrc.json', 'package.json', 'tsconfig.base.json', lock, 'tools'];
const ofAProject = ['package.json', 'src', 'fixtures'];
/** The pages come as they are; the others are not what a release runs. */
const notCopied = new Set(['web', 'standalone', 'e2e']);

const projectsIn = (root: string): readonly string[] =>
  ['libs', 'apps']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((project) => !notCopied.has(basename(project)));

/** What git answers in this repository; null where it cannot. */
function git(words: readonly string[], environment: Readonly<Record<string, string>> = {}): string | null {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...environment };
  const { status, stdout } = spawnSync('git', words, { cwd: thisRelease, env, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/**
 * The commit of the release before this one: the last whose contracts.lock.json is another (docs/adr/0009). Null where
 * there is no history to find it in.
 */
export function lastRelease(): string | null {
  if (git(['diff', '--quiet', 'HEAD', '--', lock]) === null) return git(['rev-parse', '--verify', 'HEAD']);
  const released = git(['log', '-1', '--format=%H', '--', lock]);
  return released ? git(['rev-parse', '--verify', '--quiet', `${released}^`]) : null;
}

/** Another release: sources in a folder of its own, built with the packages of this one. */
export class ReleaseCopy {
  private constructor(readonly root: string) {}

  /** This release with changes. */
  static make(changes: readonly Change[]): ReleaseCopy {
    return ReleaseCopy.#build((copy) => {
      copy.#copySources();
      copy.#linkPackages();
      copy.apply(changes);
    });
  }

  /** The sources of a commit. */
  static ofCommit(commit: string): ReleaseCopy {
    return ReleaseCopy.#build((copy) => {
      copy.#checkOut(commit);
      copy.#linkPackages();
    });
  }

  static #build(fill: (copy: ReleaseCopy) => void): ReleaseCopy {
    const copy = new ReleaseCopy(mkdtempSync(join(tmpdir(), 'cofactor-release-')));
    fill(copy);
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
    if (status !== 0) throw new Error(`${program} of another release: ${said}`);
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
    for (const project of projectsIn(thisRelease)) for (const part of ofAProject) this.#copy(join(project, part));
  }

  /** With an index of its own, so that the repository is left as it is. */
  #checkOut(commit: string): void {
    const environment = { GIT_INDEX_FILE: join(this.root, '.index') };
    const read = git(['read-tree', commit], environment);
    const written = read === null ? null : git(['checkout-index', '--all', `--prefix=${this.root}/`], environment);
    if (written === null) throw new Error(`the commit ${commit} cannot be checked out`);
    for (const name of notCopied) rmSync(join(this.root, 'apps', name), { recursive: true, force: true });
  }

  /** Of the packages, those of the workspace are the copies. */
  #linkPackages(): void {
    const projects = projectsIn(this.root);
    for (const project of projects) this.#link(join(project, 'node_modules'));
    this.#link('apps/web');
    const own = '@cofactor';
    for (const name of readdirSync(join(thisRelease, 'node_modules'))) {
      if (name !== own) this.#link(join('node_modules', name));
    }
    mkdirSync(join(this.root, 'node_modules', own), { recursive: true });
    for (const project of [...projects, 'apps/web']) {
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
