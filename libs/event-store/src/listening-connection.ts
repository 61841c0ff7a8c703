import type { Client } from 'pg';

/** Milliseconds between tries to connect. */
const firstPause = 100;
const longestPause = 5_000;

/** One connection that holds a LISTEN and comes back after every loss, with growing pauses. */
export class ListeningConnection {
  private client: Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private pause = firstPause;
  private stopped = false;
  private connecting: Promise<void>;

  constructor(
    private readonly newClient: () => Client,
    private readonly channel: string,
    private readonly onNotify: () => void,
  ) {
    this.connecting = this.connect();
  }

  /** After it, `onNotify` is not called any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.connecting;
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = this.newClient();
    client.on('error', () => undefined);
    try {
      await client.connect();
      client.on('notification', () => this.notify());
      client.once('end', () => this.connectLater());
      this.client = client;
      await client.query(`LISTEN ${client.escapeIdentifier(this.channel)}`);
      this.pause = firstPause;
      this.notify();
    } catch {
      if (this.client !== client) this.connectLater();
      await client.end().catch(() => undefined);
    }
  }

  private notify(): void {
    if (!this.stopped) this.onNotify();
  }

  private connectLater(): void {
    this.client = null;
    if (this.stopped || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.connecting = this.connect();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }
}
