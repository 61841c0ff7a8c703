/*
 * `node record.js PROGRAM…`: loads programs without running them, and writes the archive of their modules. By then V8 has
 * compiled all that the loading needs, down to the functions, so that all of it is in the bytecode.
 */
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import type { Script } from 'node:vm';
import { ArchiveFile, hashOf, workspace, type Entry } from './archive-file';
import { compile, run } from './module-script';
import { loader } from './node-modules';

interface Recorded {
  readonly source: string;
  readonly script: Script;
}

const modules = new Map<string, Recorded>();
/** By the file that requests, the file of each request. */
const requests = new Map<string, Map<string, string>>();

/**
 * Out of its bytecode such a module forgets on whose behalf it imports, and is refused: it is left to Node, as are modules
 * of ECMAScript that are required.
 */
const importsLater = /\bimport\s*\(/;

function record(): void {
  const { _resolveFilename: resolve } = loader;
  const { _compile: compilePlainly } = loader.prototype;
  loader._resolveFilename = (request, parent, isMain, options) => {
    const found = resolve(request, parent, isMain, options);
    if (parent && options === undefined && isAbsolute(found)) {
      const ofParent = requests.get(parent.filename) ?? new Map<string, string>();
      requests.set(parent.filename, ofParent.set(request, found));
    }
    return found;
  };
  loader.prototype._compile = function (source, filename, format) {
    if (format === 'module' || importsLater.test(source)) return compilePlainly.call(this, source, filename, format);
    const script = compile(source, filename);
    modules.set(filename, { source, script });
    return run(script, this);
  };
}

const isOfPackage = (path: string): boolean => path.includes('node_modules');
const isLatin1 = (source: string): boolean => !/[^\0-\xff]/.test(source);

function write(): void {
  const asked = [...requests.values()].flatMap((ofParent) => [...ofParent.values()]);
  const paths = [...new Set([...modules.keys(), ...asked])].filter((path) => path.startsWith(join(workspace, '/')));
  const places = new Map(paths.map((path, place) => [path, place] as const));
  const parts: Buffer[] = [];
  let offset = 0;
  const entries = paths.map((path): Entry | null => {
    const recorded = modules.get(path);
    if (!recorded) return null;
    const { source, script } = recorded;
    const encoding = isLatin1(source) ? 'latin1' : 'utf8';
    const kept = Buffer.from(isOfPackage(path) ? source : '', encoding);
    const bytecode = script.createCachedData();
    parts.push(bytecode, kept);
    const entry = {
      offset,
      bytecode: bytecode.length,
      source: kept.length,
      encoding,
      hash: isOfPackage(path) ? '' : hashOf(source),
      requests: placesOf(requests.get(path) ?? new Map<string, string>(), places),
    } as const;
    offset += bytecode.length + kept.length;
    return entry;
  });
  ArchiveFile.write(paths, entries, parts);
}

const placesOf = (ofParent: ReadonlyMap<string, string>, places: ReadonlyMap<string, number>) =>
  Object.fromEntries(
    [...ofParent].flatMap(([request, path]) => {
      const place = places.get(path);
      return place === undefined ? [] : [[request, place] as const];
    }),
  );

record();
const load = createRequire(__filename);
for (const program of process.argv.slice(2)) load(program);
write();
// Some packages leave a timer behind.
process.exit(0);
