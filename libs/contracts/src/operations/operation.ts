import type { z } from 'zod';
import { z as zod } from 'zod';

/** The services that answer operations; audit owns no streams but is asked for its records. */
export type Responder = 'identity' | 'factor-enrollment' | 'challenge' | 'notification' | 'audit';

/** Who calls operations: the gateway for people, and services among themselves. */
export type CallingService = 'gateway' | Responder;

/**
 * Whether a call is sent again when it is not known what became of it. `always`: a second time has no further effect,
 * since it reads, or since its stream makes the transition once (DESIGN §6.4); its answer may then be a refusal that
 * says so. `with-key`: only under an Idempotency-Key, by which it takes effect once (DESIGN §6.10). `never`: each call
 * counts.
 */
export type Repeat = 'always' | 'with-key' | 'never';

/** What travels beside every call between services, from the door on. */
export const callContextSchema = zod.object({
  requestId: zod.string(),
  traceparent: zod.string().nullable(),
  source: zod.object({ ip: zod.string(), userAgent: zod.string().nullable() }),
  idempotencyKey: zod.string().nullable(),
});
export type CallContext = z.infer<typeof callContextSchema>;

/** One request that a service answers: a name, who may make it, whether it may be repeated, and the two shapes. */
export interface Operation<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly responder: Responder;
  readonly name: string;
  /** Every other service is refused. */
  readonly callers: readonly CallingService[];
  readonly repeat: Repeat;
  readonly request: Request;
  readonly reply: Reply;
}

type Described = Pick<Operation, 'callers' | 'repeat' | 'request' | 'reply'>;

export type OperationTable = Record<string, Operation>;

/** A typed client of one service: every operation as a method. Refusals are thrown as DomainError. */
export type ClientOf<Table extends OperationTable> = {
  readonly [Name in keyof Table]: (
    request: z.input<Table[Name]['request']>,
    context: CallContext,
  ) => Promise<z.output<Table[Name]['reply']>>;
};

/** The other side: what a service implements. Requests arrive parsed. */
export type HandlersOf<Table extends OperationTable> = {
  readonly [Name in keyof Table]: (
    request: z.output<Table[Name]['request']>,
    context: CallContext,
  ) => Promise<z.input<Table[Name]['reply']>>;
};

/** Gives each entry its name and responder. */
export function defineOperations<const Table extends Record<string, Described>>(
  responder: Responder,
  table: Table,
): { readonly [Name in keyof Table]: Operation<Table[Name]['request'], Table[Name]['reply']> } {
  const entries = Object.entries(table).map(([name, described]) => [name, { responder, name, ...described }]);
  // Object.fromEntries forgets the keys; they are the table's own.
  return Object.fromEntries(entries) as {
    readonly [Name in keyof Table]: Operation<Table[Name]['request'], Table[Name]['reply']>;
  };
}
