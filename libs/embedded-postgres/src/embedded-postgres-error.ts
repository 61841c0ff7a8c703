/** A start that cannot succeed; the message is one sentence for the person at the terminal, without secrets. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
