import { z } from 'zod';
import { Program } from '../api/program';
import type { Installation, RunningProcesses } from '../installation';

const readinessSchema = z.object({ status: z.string(), parts: z.record(z.string(), z.enum(['up', 'down'])) });

/** What one process says of its parts where operations people ask it. */
export async function partsOf({ port }: { readonly port: number }) {
  const reply = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return { status: reply.status, parts: readinessSchema.parse(await reply.json()).parts };
}

/** The gateway of the second replica. */
export function secondGateway({ url }: Installation): Program {
  const address = new URL(url);
  address.port = String(Number(address.port) + 1);
  return new Program(address.origin);
}

type RunningService = RunningProcesses['services'][number];

/** The first replica of a service as it runs now. */
export function runningOf(installation: Installation, service: string): RunningService & { processId: number } {
  const found = installation.running().services.find((one) => one.service === service);
  if (!found || found.processId === null) throw new Error(`${service} does not run`);
  return { ...found, processId: found.processId };
}
