import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startServer } from './databases';
import { endWithUs } from './installation';

export interface BareInstallation {
  readonly base: string;
  stop(): Promise<void>;
}

/** bare-server.ts as a process of its own, on a PostgreSQL of its own with the settings of the embedded default. */
export async function startBareInstallation(): Promise<BareInstallation> {
  const postgres = await startServer();
  const { ownerUrl } = await postgres.createDatabase('bare', []);
  const child = spawn(process.execPath, [...process.execArgv, join(__dirname, 'bare-server.ts'), ownerUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child);
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    base: `http://localhost:${port}`,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
      await postgres.stop();
    },
  };
}
