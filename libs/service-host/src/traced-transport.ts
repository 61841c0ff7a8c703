import type { Fact } from '@cofactor/contracts';
import type { FactContext, FactTransport } from '@cofactor/messaging';
import { traced, untraced, type Tracing } from '@cofactor/service-kit';
import type { MessageHandler } from '@nestjs/microservices';

/** The same transport; each fact that a handler is given is a step of the request that it came from. */
export function tracedTransport<Transport extends FactTransport>(
  transport: Transport,
  consumer: string,
  tracing: Tracing,
): Transport {
  if (tracing === untraced) return transport;
  const add = transport.addHandler.bind(transport);
  transport.addHandler = (pattern: unknown, handler: MessageHandler, isEventHandler?: boolean) => {
    const handle = (fact: Fact, context: FactContext): Promise<unknown> =>
      traced(
        tracing,
        {
          name: `${consumer} takes ${fact.type}`,
          kind: 'consumer',
          traceparent: fact.envelope.origin.traceparent,
          attributes: { source: fact.service },
        },
        async (): Promise<unknown> => handler(fact, context) as Promise<unknown>,
      );
    add(pattern, Object.assign(handle, handler) as MessageHandler, isEventHandler);
  };
  return transport;
}
