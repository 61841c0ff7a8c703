/** Where requests to Amazon go, and who is asked for the credentials: the SDK, in its usual places. */
export interface AwsSettings {
  readonly region: string;
  /** Instead of the region's own. */
  readonly endpoint: string | null;
}

/** Milliseconds. What is not answered by then is not known. */
const patience = 10_000;

/** Tries follow from the message (DESIGN §6.9): a try inside a try could bring a code twice. */
export const awsClient = ({ region, endpoint }: AwsSettings) => ({
  region,
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: patience },
  ...(endpoint === null ? {} : { endpoint }),
});

export const boundedWait = (): { abortSignal: AbortSignal } => ({ abortSignal: AbortSignal.timeout(patience) });

/** The name and status of a failure. Its text can repeat a number or an address, so that it is never logged (I4). */
export function awsFailure(error: unknown): { readonly kind: string; readonly status: number } {
  const metadata: unknown = error instanceof Error && '$metadata' in error ? error.$metadata : null;
  const status: unknown =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : 0;
  return { kind: error instanceof Error ? error.name : 'unknown', status: typeof status === 'number' ? status : 0 };
}
