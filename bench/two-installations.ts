import { startBareInstallation } from './bare-installation';
import { HttpClient } from './http-client';
import { Installation } from './installation';
import type { Result } from './measure';

/** A running Cofactor. */
export interface OneInstallation {
  readonly installation: Installation;
  readonly client: HttpClient;
}

/** A running Cofactor, and the bare server that it is held against, each with a PostgreSQL of its own. */
export interface BothInstallations extends OneInstallation {
  readonly bare: HttpClient;
}

export async function* withBothInstallations(
  measure: (both: BothInstallations) => AsyncGenerator<Result>,
): AsyncGenerator<Result> {
  const bareInstallation = await startBareInstallation();
  const bare = new HttpClient(bareInstallation.base);
  try {
    yield* withInstallation((one) => measure({ ...one, bare }));
  } finally {
    bare.close();
    await bareInstallation.stop();
  }
}

export async function* withInstallation(
  measure: (one: OneInstallation) => AsyncGenerator<Result>,
): AsyncGenerator<Result> {
  const installation = await Installation.start(Installation.newHome());
  const client = new HttpClient(installation.base);
  try {
    yield* measure({ installation, client });
  } finally {
    client.close();
    await installation.remove();
  }
}
