import { ConfigurationError } from './configuration';
import { describeError } from './logging';

/** Ends one part of a process. */
export type Closing = () => Promise<unknown>;

/** Milliseconds that a shutdown may take before the process ends all the same. */
const longestShutdown = 10_000;

/** What the system says of an address that cannot be listened on, or does not exist. */
function sentenceOfAddress(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { syscall, code, port, hostname } = error as NodeJS.ErrnoException & { port?: unknown; hostname?: unknown };
  if (syscall === 'getaddrinfo') return `The host ${String(hostname)} is not known; look for it in the settings.`;
  if (syscall !== 'listen') return null;
  const opened = typeof port === 'number' ? `Port ${port}` : 'The port';
  if (code === 'EADDRINUSE') return `${opened} is already in use. Stop the other program, or set another port.`;
  if (code === 'EACCES') return `${opened} may not be opened by this account. Take a number above 1023.`;
  return code === 'EADDRNOTAVAIL' ? 'COFACTOR_LISTEN: this machine has no such address.' : null;
}

/** One sentence where we know what is wrong; where we do not, what a log line would say of it, without data (I4). */
function explain(error: unknown, known: readonly (new (...parameters: never[]) => Error)[]): string {
  if (error instanceof Error && [ConfigurationError, ...known].some((kind) => error instanceof kind)) {
    return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1).replace(/[.]$/, '')}.`;
  }
  return sentenceOfAddress(error) ?? `Cofactor cannot go on: ${JSON.stringify(describeError(error))}`;
}

async function stop(closings: readonly Closing[], code: number): Promise<never> {
  setTimeout(() => process.exit(1), longestShutdown);
  for (const close of [...closings].reverse()) {
    try {
      await close();
    } catch (error) {
      process.stderr.write(`While stopping: ${explain(error, [])}\n`);
    }
  }
  return process.exit(code);
}

/**
 * Runs this process: `start` opens its parts, adds to `closings` how each one ends, and answers the line to print when
 * all are ready. They end in the opposite order on SIGINT, SIGTERM and SIGHUP, when the start fails, and on an error
 * that nobody caught; then the process says why in one sentence, where the error is one of `known` or of the
 * configuration, and exits with 1.
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
  const fail = (error: unknown) => {
    // What fails since its parts were closed under it is no news.
    if (!stopping) process.stderr.write(`${explain(error, known)}\n`);
    stopOnce(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopOnce(0));
  // Node would write the whole error, with the values of the statement that failed (I4).
  process.on('uncaughtException', fail);
  start(closings).then((line) => {
    if (!stopping) process.stdout.write(`${line}\n`);
  }, fail);
}
