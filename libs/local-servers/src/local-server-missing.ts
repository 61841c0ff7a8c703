/** A real server that this machine does not have and that could not be fetched. Its message is one sentence for people. */
export class LocalServerMissing extends Error {
  override readonly name = 'LocalServerMissing';

  /** `how`: what someone at the terminal can do about it, without a full stop. */
  constructor(
    readonly server: 'Redis' | 'Kafka' | 'moto',
    how: string,
  ) {
    super(`${server} is not on this machine: ${how}.`);
  }
}
