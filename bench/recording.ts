import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Installation } from './installation';

const publishers = ['identity', 'factor-enrollment', 'challenge', 'notification'] as const;
/** Milliseconds between two looks, and without any progress at all. */
const lookEvery = 20;
const patience = 120_000;

/** As many facts as the log of a service holds. */
const inLog = 'SELECT position AS facts FROM log_head';
/** The facts of a stream are numbered from 1 on without gaps. */
const taken = "SELECT coalesce(sum(version), 0) AS facts FROM inbox WHERE consumer = 'audit'";

/** Looks at the logs of an installation, and at what its audit has taken of them, from outside. */
export class Recording {
  private readonly audit: Client;
  private readonly logs: readonly Client[];

  private constructor(installation: Installation) {
    this.audit = new Client(installation.ownerUrl('audit'));
    this.logs = publishers.map((service) => new Client(installation.ownerUrl(service)));
    // When the bench fails they end with the server, which is no second failure.
    for (const each of [this.audit, ...this.logs]) each.on('error', () => undefined);
  }

  static async watch(installation: Installation): Promise<Recording> {
    const recording = new Recording(installation);
    await Promise.all([recording.audit, ...recording.logs].map((each) => each.connect()));
    return recording;
  }

  /** Facts that the audit has recorded, of all services. */
  recorded(): Promise<number> {
    return factsIn(this.audit, taken);
  }

  /** Waits until the audit has so many, or all that are committed now; answers when it had. Throws where it stands still. */
  async reaches(facts?: number): Promise<number> {
    const wanted = facts ?? (await this.committed());
    let [seen, moved] = [-1, performance.now()];
    for (;;) {
      const now = await this.recorded();
      if (now >= wanted) return performance.now();
      if (now !== seen) [seen, moved] = [now, performance.now()];
      if (performance.now() - moved > patience) throw new Error(`the audit stands still at ${now} of ${wanted} facts`);
      await pause(lookEvery);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.audit, ...this.logs].map((each) => each.end()));
  }

  private async committed(): Promise<number> {
    const heads = await Promise.all(this.logs.map((log) => factsIn(log, inLog)));
    return heads.reduce((sum, head) => sum + head, 0);
  }
}

async function factsIn(client: Client, text: string): Promise<number> {
  const { rows } = await client.query<{ facts: string }>(text);
  return Number(rows[0]?.facts ?? 0);
}
