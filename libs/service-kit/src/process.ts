import { ConfigurationError } from './configuration';

/** Ends one part of a process. */
export type Closing = () => Promise<unknown>;

/** Milliseconds that a shutdown may take before the process ends all the same. */
const longestShutdown = 10_000;

/** What the system says of a port that cannot be opened. */
const ofPort: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The port is already in use. Stop the other program, or set PORT to another number.',
  EACCES: 'PORT: this account may not open it. Take a number above 1023.',
  EADDRNOTAVAIL: 'COFACTOR_LISTEN: this machine has no such address.',
  ENOTFOUND: 'COFACTOR_LISTEN: this machine has no such address.',
};

/** One sentence where we know what is wrong; the stack, which holds no data, where we do not. */
function explain(error: unknown, known: readonly (new (...parameters: never[]) => Error)[]): string {
  if (!(error instanceof Error)) return 'Cofactor could not start.';
  if ([ConfigurationError, ...known].some((kind) => error instanceof kind)) {
    return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1).replace(/[.]$/, '')}.`;
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isOfPort = syscall === 'listen' || syscall === 'getaddrinfo';
  return (isOfPort ? ofPort[code ?? ''] : undefined) ?? error.stack ?? error.message;
}

async function stop(closings: readonly Closing[], code: number): Promise<never> {
  setTimeout(() => process.exit(1), longestShutdown).unref();
  for (const close of [...closings].reverse()) {
    await close().catch((error: unknown) => {
      process.stderr.write(`While stopping: ${error instanceof Error ? error.message : 'an unknown error'}\n`);
    });
  }
  return process.exit(code);
}

/**
 * Runs this process: `start` opens its parts, adds to `closings` how each one ends, and answers the line to print when
 * all are ready. They end in the opposite order on SIGINT, SIGTERM and SIGHUP, or when the start fails; then the process
 * says why in one sentence, where the error is one of `known` or of the configuration, and exits with 1.
 */
export function runProcess(
  start: (closings: Closing[]) => Promise<string>,
  known: readonly (new (...parameters: never[]) => Error)[] = [],
): void {
  const closings: Closing[] = [];
  let stopping = false;
  const stopOnce = (code: number) => {
    if (stopping) return;
    stopping = true;
    void stop(closings, code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopOnce(0));
  start(closings).then(
    (line) => process.stdout.write(`${line}\n`),
    (error: unknown) => {
      process.stderr.write(`${explain(error, known)}\n`);
      stopOnce(1);
    },
  );
}
