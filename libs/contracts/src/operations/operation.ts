import type { z } from 'zod';
import { z as zod } from 'zod';

/** The services that answer operations; audit owns no streams but is asked for its records. */
export type Responder = 'identity' | 'factor-enrollment' | 'challenge' | 'notification' | 'audit';

/** What travels beside every call between services, from the door on. */
export const callContextSchema = zod.strictObject({
  requestId: zod.string(),
  traceparent: zod.string().nullable(),
  source: zod.strictObject({ ip: zod.string(), userAgent: zod.string().nullable() }),
  idempotencyKey: zod.string().nullable(),
});
export type CallContext = z.infer<typeof callContextSchema>;

/** One request that a service answers: a name and the two shapes. */
export interface Operation<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly responder: Responder;
  readonly name: string;
  readonly request: Request;
  readonly reply: Reply;
}

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
export function defineOperations<const Table extends Record<string, { request: z.ZodType; reply: z.ZodType }>>(
  responder: Responder,
  table: Table,
): { readonly [Name in keyof Table]: Operation<Table[Name]['request'], Table[Name]['reply']> } {
  const entries = Object.entries(table).map(([name, shapes]) => [name, { responder, name, ...shapes }]);
  // Object.fromEntries forgets the keys; they are the table's own.
  return Object.fromEntries(entries) as {
    readonly [Name in keyof Table]: Operation<Table[Name]['request'], Table[Name]['reply']>;
  };
}
