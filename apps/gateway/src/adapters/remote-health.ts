import { publishedJson, type HealthReport, type Logger } from '@cofactor/service-kit';
import { z } from 'zod';

/** Milliseconds for one service to answer: more than it gives its own parts. */
const timeout = 3_000;
const readinessSchema = z.object({ parts: z.record(z.string(), z.enum(['up', 'down'])) });

/** What each service says of its parts, by `service.part`; a service that does not answer in 3 s is itself down. */
export async function remoteHealth(services: Readonly<Record<string, string>>, logger: Logger): Promise<HealthReport> {
  const reports = Object.entries(services).map(async ([name, base]) => {
    try {
      const answered = await publishedJson(new URL('/health/ready', base), timeout, [200, 503]);
      const { parts } = readinessSchema.parse(answered);
      return Object.entries(parts).map(([part, state]) => [`${name}.${part}`, state === 'up'] as const);
    } catch (error) {
      logger.warn({ err: error, called: name }, 'a service did not say how it is');
      return [[name, false] as const];
    }
  });
  return Object.fromEntries((await Promise.all(reports)).flat());
}
