import { AppendOutcomeUnknown, CommitOutcomeUnknown, ConnectionLost, DatabaseUnreachable } from '@cofactor/event-store';

/** The consumer is closing; the transaction in work is rolled back and its facts come again at the next start. */
export class ConsumerClosing extends Error {
  override readonly name = 'ConsumerClosing';
}

/** The database could not do its part. Says nothing about the fact in work: it is tried again, and costs no attempt. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** As it is kept with a fact that is put aside. */
export const factGap = 'FactGap';

/** A version of a stream came before the one that it follows. */
export class FactGap extends Error {
  override readonly name = factGap;
  constructor(stream: string, expected: number, received: number) {
    super(`${stream} is at version ${expected - 1}, so ${expected} comes next, but ${received} came`);
  }
}

const longestMessage = 500;

/** What may be kept and logged of an error: never a value that a query carried (I4). */
export interface FailureText {
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
}

/** The inbox does not stand where a batch that was taken for new begins; the batch is rolled back. */
export class InboxUnexpected extends Error {
  override readonly name = 'InboxUnexpected';
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The SQLSTATE of an error of PostgreSQL, also where TypeORM has wrapped it; null for every other error. */
export function sqlState(error: unknown): string | null {
  const code = text(property(error, 'code')) ?? text(property(property(error, 'driverError'), 'code'));
  // Node's own five-letter codes (EPIPE) hold no digit, every SQLSTATE does.
  return code !== null && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** Connection exceptions, insufficient resources, operator intervention (shutdown, timeout), transaction rollback. */
const passingClasses = new Set(['08', '53', '57', '40']);
const lockNotAvailable = '55P03';

const lostDatabase = [
  DatabaseUnavailable,
  DatabaseUnreachable,
  ConnectionLost,
  CommitOutcomeUnknown,
  AppendOutcomeUnknown,
] as const;

/** Whether an error means that a database is away or asks to try again, not that the query or the fact is wrong. */
export function isDatabaseFault(error: unknown): boolean {
  if (lostDatabase.some((kind) => error instanceof kind)) return true;
  const state = sqlState(error);
  if (state !== null) return passingClasses.has(state.slice(0, 2)) || state === lockNotAvailable;
  return error instanceof Error && error.cause !== undefined && isDatabaseFault(error.cause);
}

/**
 * Name, code and at most 500 characters of message. Data exceptions of PostgreSQL and errors of parsers quote the
 * value: the message ends before it.
 */
export function failureText(error: unknown): FailureText {
  const message = text(property(error, 'message')) ?? 'no message';
  const quotesValue = sqlState(error)?.startsWith('22') || error instanceof SyntaxError;
  const safe = quotesValue ? message.replace(/".*/s, '"…') : message;
  return {
    name: text(property(error, 'name')) ?? 'Error',
    code: text(property(error, 'code')),
    message: safe.replaceAll('\u0000', '').slice(0, longestMessage),
  };
}
