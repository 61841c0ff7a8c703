import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The workspace that this package stands in. */
export const workspace = join(__dirname, '../../..');
/** Beside what is built, so that no cache of builds brings back an old one. */
const archivePath = join(__dirname, '../modules.archive');

/** One module: where its parts are, and where its requests lead. */
export interface Entry {
  /** Of a module of a package, which is kept: its length. 0 for a module of this repository, which is read where it is. */
  readonly source: number;
  readonly encoding: 'latin1' | 'utf8';
  readonly bytecode: number;
  /** Of the source, for a module of this repository; otherwise ''. */
  readonly hash: string;
  /** From the beginning of the modules: the bytecode, which V8 wants to be aligned, and then the source. */
  readonly offset: number;
  /** The files of its requests, by their place in the index. */
  readonly requests: Readonly<Record<string, number>>;
}

interface Index {
  readonly key: string;
  /** Of all modules together: a file that was cut off is no archive. */
  readonly size: number;
  /** From the workspace on. */
  readonly paths: readonly string[];
  readonly entries: readonly (Entry | null)[];
}

export const hashOf = (source: string | Buffer): string => createHash('sha1').update(source).digest('base64');

/**
 * What an archive holds for: this Node, with these packages, which it looks for under the same conditions. Throws where
 * the packages were not installed by npm.
 */
function currentKey(): string {
  const packages = hashOf(readFileSync(join(workspace, 'node_modules/.package-lock.json')));
  const conditions = process.execArgv.filter((flag) => /^(-C|--conditions)/.test(flag));
  return [process.version, process.arch, ...conditions, packages].join(' ');
}

/** Modules with their sources and bytecode, in one file that is read piece by piece. */
export class ArchiveFile {
  /** One for all modules: two thousand would cost more in collecting them than the reading does. */
  #buffer = Buffer.allocUnsafeSlow(1 << 20);

  private constructor(
    private readonly file: number,
    private readonly beginning: number,
    /** Absolute. */
    readonly paths: readonly string[],
    readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** Null where there is none, where it is not whole, or where it was made for another Node or for other packages. */
  static open(): ArchiveFile | null {
    const file = orNull(() => openSync(archivePath, 'r'));
    if (file === null) return null;
    const found = orNull(() => readIndex(file));
    if (found === null || found.index.key !== orNull(currentKey)) {
      closeSync(file);
      return null;
    }
    const {
      index: { paths, entries },
      length,
    } = found;
    const absolute = paths.map((path) => workspace + path);
    const known = absolute.flatMap((path, place) => {
      const entry = entries[place];
      return entry ? [[path, entry] as const] : [];
    });
    return new ArchiveFile(file, 4 + length, absolute, new Map(known));
  }

  /** `paths`: absolute. Whoever reads at the same time sees the archive before or this one. */
  static write(paths: readonly string[], entries: readonly (Entry | null)[], modules: readonly Buffer[]): void {
    const size = modules.reduce((sum, module) => sum + module.length, 0);
    const index: Index = { key: currentKey(), size, paths: paths.map((path) => path.slice(workspace.length)), entries };
    const written = Buffer.from(JSON.stringify(index));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(written.length);
    writeFileSync(`${archivePath}.new`, Buffer.concat([length, written, ...modules]));
    renameSync(`${archivePath}.new`, archivePath);
  }

  /** The source that is kept, and the bytecode, which is there until the next is read. */
  read({ offset, source, encoding, bytecode }: Entry): { readonly source: string; readonly bytecode: Buffer } {
    const length = bytecode + source;
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(length);
    readSync(this.file, this.#buffer, 0, length, this.beginning + offset);
    return { source: this.#buffer.toString(encoding, bytecode, length), bytecode: this.#buffer.subarray(0, bytecode) };
  }

  close(): void {
    closeSync(this.file);
  }
}

function orNull<Found>(find: () => Found): Found | null {
  try {
    return find();
  } catch {
    return null;
  }
}

/** With the length of its text. Throws where the file does not hold what it says. */
function readIndex(file: number): { readonly index: Index; readonly length: number } {
  const { size } = fstatSync(file);
  const length = read(file, 0, 4).readUInt32LE();
  if (length > size) throw new Error('the index is cut off');
  const index = JSON.parse(read(file, 4, length).toString()) as Index;
  if (size !== 4 + length + index.size) throw new Error('the modules are cut off');
  return { index, length };
}

function read(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  readSync(file, buffer, 0, length, position);
  return buffer;
}
