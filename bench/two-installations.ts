import { startBareInstallation } from './bare-installation';
import { HttpClient } from './http-client';
import { Installation } from './installation';
import type { Result } from './measure';

/** A running Cofactor, and the bare server that it is held against, each with a PostgreSQL of its own. */
export interface BothInstallations {
  readonly installation: Installation;
  readonly client: HttpClient;
  readonly bare: HttpClient;
}

export async function* withBothInstallations(
  measure: (both: BothInstallations) => AsyncGenerator<Result>,
): AsyncGenerator<Result> {
  const bareInstallation = await startBareInstallation();
  const installation = await Installation.start(Installation.newHome());
  const [client, bare] = [new HttpClient(installation.base), new HttpClient(bareInstallation.base)];
  try {
    yield* measure({ installation, client, bare });
  } finally {
    client.close();
    bare.close();
    await installation.remove();
    await bareInstallation.stop();
  }
}
