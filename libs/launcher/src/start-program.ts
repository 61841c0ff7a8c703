import { openModuleArchive } from './module-archive';

/** What `load` resolves with: a module that does nothing until it is told to. */
interface Program {
  readonly run: () => void;
}

/**
 * Loads a program, out of the archive of modules where there is one (docs/adr/0016), and runs it. What is loaded later
 * comes from its files.
 */
export function startProgram(load: () => Promise<Program>): void {
  const archive = openModuleArchive();
  void load().then(({ run }) => {
    archive?.close();
    run();
  });
}
