import { DomainError, type CallContext, type OperationTable } from '@cofactor/contracts';
import { UnreadableEvent } from '@cofactor/event-sourcing';
import { AppendOutcomeUnknown } from '@cofactor/event-store';
import { z } from 'zod';
import { createLogger } from './logging';
import { Metrics } from './metrics';
import { inProcessClient, serveOperations } from './operations';

const context: CallContext = {
  requestId: 'request-1',
  traceparent: null,
  source: { ip: '192.0.2.1', userAgent: null },
  idempotencyKey: null,
};
const table = {
  double: {
    responder: 'identity',
    name: 'double',
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ number: z.int() }),
    reply: z.object({ number: z.int() }),
  },
} satisfies OperationTable;

function clientOf(double: (number: number) => Promise<{ number: number }>) {
  const lines: string[] = [];
  const logger = createLogger('identity', 'info', { write: (line: string) => void lines.push(line) });
  const metrics = new Metrics('identity');
  const server = serveOperations(
    table,
    { double: ({ number }) => double(number) },
    { logger, duration: metrics.operationDuration },
  );
  return { client: inProcessClient(table, () => server), server, lines, metrics };
}

describe('an operation', () => {
  it('is parsed on the way in and out', async () => {
    const { client, metrics } = clientOf((number) => Promise.resolve({ number: number * 2 }));
    await expect(client.double({ number: 2 }, context)).resolves.toEqual({ number: 4 });
    await expect(client.double({ number: 'two' } as never, context)).rejects.toMatchObject({
      code: 'malformed-request',
    });
    expect(await metrics.registry.metrics()).toContain('operation="double",outcome="answered"');
  });

  it('I4 replies with nothing that its contract does not name', async () => {
    const { client } = clientOf((number) => Promise.resolve({ number, secret: 'canary' }));
    expect(await client.double({ number: 2 }, context)).toEqual({ number: 2 });
  });

  it.each(['constructor', '__proto__', 'toString', 'nothing'])(
    'is never %s, which its table does not hold',
    async (name) => {
      const { server, lines } = clientOf((number) => Promise.resolve({ number }));
      await expect(server.dispatch(name, { number: 2 }, context)).rejects.toMatchObject({ code: 'malformed-request' });
      expect(lines).toEqual([]);
    },
  );

  it('hands on a refusal as it is, and logs nothing of it', async () => {
    const refusal = new DomainError('code-wrong');
    const { client, lines } = clientOf(() => Promise.reject(refusal));
    await expect(client.double({ number: 2 }, context)).rejects.toBe(refusal);
    expect(lines).toEqual([]);
  });

  it('R47 §6.11 answers a passing fault as unavailable with Retry-After, and anything else as internal', async () => {
    const faults = [
      Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' }),
      new AppendOutcomeUnknown(new Error('broken')),
      new UnreadableEvent('factor.enrolled', 9),
    ];
    for (const fault of faults) {
      const { client: struck } = clientOf(() => Promise.reject(fault));
      await expect(struck.double({ number: 1 }, context)).rejects.toEqual(
        new DomainError('unavailable', { retryAfter: 2 }),
      );
    }
    const { client, lines } = clientOf(() => Promise.reject(new Error('a bug')));
    await expect(client.double({ number: 1 }, context)).rejects.toMatchObject({ code: 'internal' });
    expect(lines.join('')).toContain('request-1');
  });
});
