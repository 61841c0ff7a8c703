import { LocalServerMissing, motoProgram, startMoto } from '@cofactor/local-servers';

/** The server of a whole test run, which its specs share. */
const sharedUrl = (): string | undefined => process.env['COFACTOR_TEST_MOTO_URL'];

/** Amazon SNS and SES, played by moto; what a spec sent there it finds by ids of its own. */
export interface SharedTestMoto {
  readonly url: string;
  /** Stops it, if it was started for this spec. */
  stop(): Promise<void>;
}

/** The moto at COFACTOR_TEST_MOTO_URL, else one of this spec's own. */
export async function sharedTestMoto(): Promise<SharedTestMoto> {
  const url = sharedUrl();
  return url === undefined ? startMoto() : { url, stop: async () => undefined };
}

/**
 * A `describe` for what needs Amazon. Where no moto could be had its tests are skipped, and its title says why; under
 * CI=true it throws instead, so that they are missed.
 */
export function describeWithMoto(name: string, tests: () => void): void {
  const missing = whyThereIsNone();
  if (missing === null) describe(name, tests);
  else if (process.env['CI'] === 'true') throw missing;
  else describe.skip(`${name} (skipped: ${missing.message})`, tests);
}

function whyThereIsNone(): LocalServerMissing | null {
  if (sharedUrl() !== undefined) return null;
  try {
    motoProgram();
    return null;
  } catch (error) {
    if (error instanceof LocalServerMissing) return error;
    throw error;
  }
}
