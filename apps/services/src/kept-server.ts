/** A server of this machine that can be started again where it was. */
interface RestartableServer {
  readonly processId: number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds between two looks whether it still runs. */
const lookEvery = 500;

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts a server again, on the same port, when it has died by itself. The answer stops it for good. */
export function keep(
  name: string,
  server: RestartableServer,
  say: (line: string) => void,
  started: () => void,
): () => Promise<void> {
  let restarting: Promise<void> = Promise.resolve();
  let isRestarting = false;
  const restart = async (): Promise<void> => {
    say(`${name} ended; it is started again.`);
    await server.restart().then(started, (error: unknown) => {
      say(`${name} did not start: ${error instanceof Error ? error.message : 'for an unknown reason'}`);
    });
    isRestarting = false;
  };
  const timer = setInterval(() => {
    if (isRestarting || isAlive(server.processId)) return;
    isRestarting = true;
    restarting = restart();
  }, lookEvery);
  return async () => {
    clearInterval(timer);
    await restarting;
    await server.stop();
  };
}
