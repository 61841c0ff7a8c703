import { makeWay } from './previous-server';
import { SupervisedServer, type SupervisorOrder } from './supervised-server';

/** A server whose supervisor is replaced, should something kill it; the supervisor itself replaces the server. */
export class KeptServer {
  #server: SupervisedServer;
  #stopped: Promise<void> | undefined;
  #replacing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly order: SupervisorOrder,
    private readonly log: (line: string) => void,
  ) {
    this.#server = this.#supervise();
  }

  /** Resolves when the server accepts connections; rejects as SupervisedServer.ready does. */
  static async start(order: SupervisorOrder, log: (line: string) => void): Promise<KeptServer> {
    const kept = new KeptServer(order, log);
    await kept.#server.ready();
    kept.#replaceWhenEnded();
    return kept;
  }

  restart(): Promise<void> {
    return this.#server.restart();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#replacing.then(() => this.#server.stop());
    return this.#stopped;
  }

  #supervise(): SupervisedServer {
    return new SupervisedServer(this.order, this.log);
  }

  #replaceWhenEnded(): void {
    void this.#server.ended.then(() => {
      if (this.#stopped === undefined) this.#replacing = this.#replace();
    });
  }

  async #replace(): Promise<void> {
    this.log('The supervisor of PostgreSQL was ended from outside; it is started again.');
    try {
      await makeWay(this.order.dataDirectory);
      this.#server = this.#supervise();
      await this.#server.ready();
      this.#replaceWhenEnded();
    } catch (error) {
      this.log(error instanceof Error ? error.message : String(error));
    }
  }
}
