import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';

/**
 * The command that runs a program so that the kernel kills it when its parent dies, by whatever means: Linux with
 * util-linux only, elsewhere the program itself. The process id is the program's own.
 */
export function tiedToParent(program: string): readonly [command: string, ...before: string[]] {
  return process.platform === 'linux' && existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', program] : [program];
}
