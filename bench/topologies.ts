import { HttpClient } from './http-client';
import { Installation } from './installation';
import type { Result } from './measure';
import { Recording } from './recording';

/** A running Cofactor with nobody in it, and what is needed to use and to watch it. */
export interface Running {
  readonly installation: Installation;
  readonly client: HttpClient;
  readonly recording: Recording;
}

/** Both topologies at once, each with servers of its own. */
export interface BothTopologies {
  readonly services: Running;
  readonly embedded: Running;
}

export async function* withBothTopologies(
  measure: (both: BothTopologies) => AsyncGenerator<Result>,
): AsyncGenerator<Result> {
  const ends: (() => Promise<void>)[] = [];
  const start = async (command: 'services' | 'application'): Promise<Running> => {
    const installation = await Installation.start(Installation.newHome(), command);
    ends.push(() => installation.remove());
    const client = new HttpClient(installation.base);
    const recording = await Recording.watch(installation);
    ends.push(async () => {
      client.close();
      await recording.close();
    });
    return { installation, client, recording };
  };
  try {
    yield* measure({ services: await start('services'), embedded: await start('application') });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
