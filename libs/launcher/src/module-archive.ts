import { readFileSync } from 'node:fs';
import { ArchiveFile, hashOf, type Entry } from './archive-file';
import { compile, run } from './module-script';
import { loader, type LoadedModule } from './node-modules';

/** Of the modules that the archive holds, how many came out of it, and how many had to be compiled all the same. */
export interface Loaded {
  readonly accepted: number;
  readonly refused: number;
}

/**
 * From here on, modules come out of the archive instead of their files, until `close`; all is as without it, but sooner.
 * Null where there is no archive for this Node and these packages.
 */
export function openModuleArchive(): { readonly close: () => Loaded } | null {
  const archive = ArchiveFile.open();
  if (archive === null) return null;
  const { _resolveFilename: resolve } = loader;
  const load = loader._extensions['.js'];
  const loaded = { accepted: 0, refused: 0 };
  loader._resolveFilename = (request, parent, isMain, options) => {
    const place = options === undefined && parent ? archive.entries.get(parent.filename)?.requests[request] : undefined;
    return (place === undefined ? undefined : archive.paths[place]) ?? resolve(request, parent, isMain, options);
  };
  loader._extensions['.js'] = (module, filename) => {
    const entry = archive.entries.get(filename);
    if (!entry) return load(module, filename);
    const script = scriptOf(archive, entry, module);
    loaded[script?.cachedDataRejected === false ? 'accepted' : 'refused'] += 1;
    if (script === null) load(module, filename);
    else run(script, module);
  };
  return {
    close() {
      loader._resolveFilename = resolve;
      loader._extensions['.js'] = load;
      archive.close();
      return loaded;
    },
  };
}

/** Null for a module of this repository that has changed since the archive was made. */
function scriptOf(archive: ArchiveFile, entry: Entry, { filename }: LoadedModule) {
  const kept = archive.read(entry);
  if (entry.hash === '') return compile(kept.source, filename, kept.bytecode);
  const source = readFileSync(filename, 'utf8');
  return hashOf(source) === entry.hash ? compile(source, filename, kept.bytecode) : null;
}
