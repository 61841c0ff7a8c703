/** No connection could be had: nothing was run. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';
  constructor(cause: unknown) {
    super('the database cannot be reached', { cause });
  }
}

/** The connection was lost while a statement ran; where that commits by itself, its outcome is unknown. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  constructor(cause: unknown) {
    super('the connection to the database was lost', { cause });
  }
}

/** The connection was lost during COMMIT: the transaction is committed, or it is not. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';
  constructor(cause: unknown) {
    super('the connection was lost during COMMIT', { cause });
  }
}
