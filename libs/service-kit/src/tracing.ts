import { z } from 'zod';

/** Where the steps of requests are sent, by the name of the variable that OpenTelemetry gave it. */
export const tracingSettings = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'takes an address such as http://collector:4318' })
    .optional()
    .describe('OTLP over HTTP: where traces are sent; none are made without it'),
});

/** What is about to be done, and what it is part of. */
export interface Step {
  /** Such as `identity.startSignIn`; never anything of a person. */
  readonly name: string;
  readonly kind: 'server' | 'consumer';
  /** W3C Trace Context of what caused it; null where it begins a trace. */
  readonly traceparent: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A step that has begun. */
export interface BegunStep {
  /** What it hands on to everything that it causes. */
  readonly traceparent: string | null;
  /** `code`: of the refusal or fault, null where there was none. */
  end(code: string | null): void;
}

/** Follows a request through all services and, by the facts that it leaves, over the bus. */
export interface Tracing {
  begin(step: Step): BegunStep;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Hands on the trace of others, and adds nothing. */
export const untraced: Tracing = {
  begin: ({ traceparent }) => ({ traceparent, end: () => undefined }),
  close: () => Promise.resolve(),
};

/** Runs the work as a step, which ends with the code of what it throws. */
export async function traced<Result>(
  tracing: Tracing,
  step: Step,
  work: (traceparent: string | null) => Promise<Result>,
): Promise<Result> {
  const begun = tracing.begin(step);
  try {
    const result = await work(begun.traceparent);
    begun.end(null);
    return result;
  } catch (error) {
    begun.end(error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'internal');
    throw error;
  }
}

/** Traces go to the collector at the endpoint; without one there are none, and their libraries are not even loaded. */
export async function startTracing(service: string, endpoint: string | undefined): Promise<Tracing> {
  if (endpoint === undefined) return untraced;
  const { exportingTracing } = await import('./exporting-tracing');
  return exportingTracing(service, endpoint);
}
