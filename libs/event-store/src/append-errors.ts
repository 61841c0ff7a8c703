import { isRefusedByDatabase } from './sql';

/**
 * The connection was lost while a commit was under way: the unit is in the log, or it is not. Never append the same
 * unit again without looking: load the streams and decide anew, as after a conflict.
 */
export class AppendOutcomeUnknown extends Error {
  override readonly name = 'AppendOutcomeUnknown';
  constructor(cause: unknown) {
    super('the connection was lost during a commit', { cause });
  }
}

/** A side row could not be written; its transaction was rolled back. */
export class SideRowFailed extends Error {
  override readonly name = 'SideRowFailed';
  constructor(cause: unknown) {
    super('a side row could not be written', { cause });
  }
}

/** SQLSTATE classes that the data of a unit can cause: data exception, integrity violation, limits exceeded. */
const dataErrors = new Set(['22', '23', '54']);

/** Whether the error may come from one unit of a batch, and not from the state of the whole database. */
export const mayConcernOneUnit = (error: unknown): boolean =>
  error instanceof SideRowFailed || (isRefusedByDatabase(error) && dataErrors.has(error.code?.slice(0, 2) ?? ''));
