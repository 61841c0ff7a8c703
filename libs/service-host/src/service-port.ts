import {
  refuseUntilReady,
  startInternalServer,
  type HealthCheck,
  type InternalServer,
  type InternalServerParts,
} from '@cofactor/service-kit';

/** What a service that can be asked answers with. */
export type Inside = Pick<InternalServerParts, 'operations' | 'health'>;

/** What the readiness names of a service that has not begun, since it waits for Kafka (docs/adr/0010). */
const awaited = 'kafka';
const waiting: HealthCheck = async () => ({ [awaited]: false });

/** Without these nothing can be answered; with any other part missing, some of it can. */
const indispensable: readonly string[] = ['database', 'vault', awaited];

/**
 * The one port of a service. It can be opened before the service can be asked anything: until `letIn` it is alive, is not
 * ready and says what it waits for, and refuses every other request as `unavailable`, to be tried again.
 */
export class ServicePort {
  private inside: Inside | null = null;
  private opening: Promise<InternalServer> | null = null;

  constructor(private readonly parts: Omit<InternalServerParts, keyof Inside | 'dispensable'>) {}

  /** Listens from now on, if it does not yet; answers the number. Throws the error of the system where it cannot. */
  async open(): Promise<number> {
    const refuse = refuseUntilReady(this.parts.logger);
    this.opening ??= startInternalServer({
      ...this.parts,
      operations: (request, response) => (this.inside?.operations ?? refuse)(request, response),
      health: () => (this.inside?.health ?? waiting)(),
      dispensable: (part) => !indispensable.includes(part),
    });
    return (await this.opening).port;
  }

  letIn(inside: Inside): void {
    this.inside = inside;
  }

  /** As that of a listening server; at once where it never listened. */
  async close(): Promise<void> {
    // Why it could not was heard by whoever opened it.
    const server = await this.opening?.catch(() => null);
    await server?.close();
  }
}
