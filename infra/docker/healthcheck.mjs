/* Whether the service in this container is alive: the health check of every image. Ends with 0 or 1. */
const port = process.env.COFACTOR_INTERNAL_PORT ?? process.env.PORT ?? '3010';

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(2_500) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
