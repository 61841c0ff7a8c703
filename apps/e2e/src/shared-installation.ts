import { z } from 'zod';
import { Databases } from './api/databases';
import { Installation } from './installation';

/** An installation for specs that leave it running, look only at practices of their own, and need no setting. */
export interface SharedInstallation {
  readonly url: string;
  readonly home: string;
  /** Stops it, if it was started for this spec. */
  remove(): Promise<void>;
}

const sharedSchema = z.object({ url: z.string(), home: z.string() });

/** That of the whole test run, else one of this spec's own. `remove` it in `afterAll`. */
export async function sharedInstallation(): Promise<SharedInstallation> {
  const { COFACTOR_TEST_INSTALLATION: shared } = process.env;
  if (shared === undefined) return Installation.start();
  return { ...sharedSchema.parse(JSON.parse(shared)), remove: async () => undefined };
}

let ofThisRun: Installation | undefined;

/** Before all specs: starts the one of the whole run, but not where the run is of specs that were picked by name. */
export async function startSharedInstallation(run: { readonly testPathPatterns: { isSet(): boolean } }): Promise<void> {
  if (run.testPathPatterns.isSet()) return;
  ofThisRun = await Installation.start({ environment: { COFACTOR_FLOOD_LIMIT: '1000000' } });
  const { url, home } = ofThisRun;
  process.env['COFACTOR_TEST_INSTALLATION'] = JSON.stringify({ url, home });
}

/** After all specs. Throws where a consumer has not taken in every fact that they caused, whatever became of it instead. */
export async function stopSharedInstallation(): Promise<void> {
  if (ofThisRun === undefined) return;
  const databases = await Databases.open(ofThisRun);
  try {
    await databases.settled(60_000);
  } finally {
    await databases.close();
    await ofThisRun.remove();
  }
}
