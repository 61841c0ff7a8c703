import { existsSync } from 'node:fs';

const SETPRIV = '/usr/bin/setpriv';

/**
 * The command that runs a program so that the kernel sends it the signal when its parent dies: Linux with util-linux
 * only, elsewhere the program itself. A belt to the supervisor's braces, for when the supervisor too is killed.
 */
export function tiedToParent(signal: 'INT' | 'KILL', program: string): readonly [command: string, ...args: string[]] {
  if (process.platform !== 'linux' || !existsSync(SETPRIV)) return [program];
  return [SETPRIV, '--pdeathsig', signal, program];
}
