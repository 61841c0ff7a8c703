import type { CallingService, ClientOf, OperationTable } from '@cofactor/contracts';
import { httpClient } from './http-client';
import { keepAliveAgent } from './http-exchange';
import type { Logger } from './logging';
import { systemClock } from './recording';
import { ServiceTokenSigner } from './service-tokens';
import type { SigningKeys } from './signing-keys';

/** Milliseconds for a call, its repeat included. */
const timeout = 8_000;

/** The calls of one process to the other services. */
export interface ServiceCaller {
  /** A client of the service that answers at `base`; it must name this one as a caller. */
  readonly clientOf: <Table extends OperationTable>(table: Table, base: string) => ClientOf<Table>;
  /** Ends the connections, which are kept open between calls. */
  close(): void;
}

/** Calls as `service`, with tokens signed by its keys. */
export function serviceCaller(service: CallingService, keys: SigningKeys, logger: Logger): ServiceCaller {
  const agent = keepAliveAgent();
  const parts = {
    agent,
    tokens: new ServiceTokenSigner(service, keys),
    clock: systemClock,
    milliseconds: () => performance.now(),
    timeout,
    jitter: Math.random,
    logger,
  };
  return {
    clientOf: (table, base) => httpClient(table, { base, ...parts }),
    close: () => agent.destroy(),
  };
}
