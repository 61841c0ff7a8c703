import {
  DomainError,
  type CallContext,
  type ClientOf,
  type HandlersOf,
  type Operation,
  type OperationTable,
} from '@cofactor/contracts';
import type { Histogram } from 'prom-client';
import type { Logger } from './logging';

/** Answers the operations of one service, however the request arrived. */
export interface OperationServer {
  /** Parses the request, runs the handler; refusals are DomainError, anything else is logged and `internal`. */
  dispatch(name: string, request: unknown, context: CallContext): Promise<unknown>;
}

interface Observers {
  readonly logger: Logger;
  /** Seconds by operation and outcome. */
  readonly duration: Histogram<'operation' | 'outcome'>;
}

/** What the event store throws when the database is away or others were faster, and for events of a newer release. */
const passingFaults = new Set([
  'AppendOutcomeUnknown',
  'CommitOutcomeUnknown',
  'ConcurrencyConflict',
  'ConnectionLost',
  'DatabaseUnreachable',
  'UnreadableEvent',
]);

/** Faults that pass by themselves: those, and what PostgreSQL says while it is away or full (SQLSTATE 08, 40, 53, 55, 57). */
function isPassingFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (passingFaults.has(error.name)) return true;
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && 'severity' in error && /^(08|40|53|55|57)/.test(code);
}

function asRefusal(error: unknown, name: string, context: CallContext, logger: Logger): DomainError {
  if (error instanceof DomainError) return error;
  const fault = isPassingFault(error);
  logger[fault ? 'warn' : 'error']({ err: error, operation: name, requestId: context.requestId }, 'operation failed');
  return fault ? new DomainError('unavailable', { retryAfter: 2 }) : new DomainError('internal');
}

/** Every operation of the table with its handler; the compiler asks for each of them. */
export function serveOperations<Table extends OperationTable>(
  table: Table,
  handlers: HandlersOf<Table>,
  { logger, duration }: Observers,
): OperationServer {
  // The two tables have the same keys; a lookup by a name from outside needs the plain view of them.
  const answers = handlers as Readonly<Record<string, (request: never, context: CallContext) => Promise<unknown>>>;
  return {
    async dispatch(name, request, context) {
      // Names come from outside: `constructor` and its like stand in every object, but in no table.
      const isOffered = Object.hasOwn(table, name) && Object.hasOwn(answers, name);
      const operation: Operation | undefined = isOffered ? table[name] : undefined;
      const handler = isOffered ? answers[name] : undefined;
      const parsed = operation?.request.safeParse(request);
      if (!operation || !handler || !parsed?.success) throw new DomainError('malformed-request');
      const end = duration.startTimer({ operation: name });
      try {
        const reply = operation.reply.parse(await handler(parsed.data as never, context));
        end({ outcome: 'answered' });
        return reply;
      } catch (error) {
        const refusal = asRefusal(error, name, context, logger);
        end({ outcome: refusal.code });
        throw refusal;
      }
    },
  };
}

/** A client in the same process: the same contract, without HTTP. `server` may be bound after the client is made. */
export function inProcessClient<Table extends OperationTable>(
  table: Table,
  server: () => OperationServer,
): ClientOf<Table> {
  const entries = Object.keys(table).map((name) => [
    name,
    (request: unknown, context: CallContext) => server().dispatch(name, request, context),
  ]);
  // Object.fromEntries forgets the keys; they are the table's own, and dispatch parses both ways.
  return Object.fromEntries(entries) as ClientOf<Table>;
}
