/** Milliseconds. kafkajs sends one when its own interval has passed. */
const beatEvery = 500;

/**
 * Keeps the consumer's place in its group while `work` runs, however long. Once a beat fails (the group is dividing its
 * partitions anew, the broker is gone) `isLost` answers true, so that the work ends early; then the failure of the
 * beat is thrown, for kafkajs to act on.
 */
export async function whileBeating(
  heartbeat: () => Promise<void>,
  work: (isLost: () => boolean) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const timer = setInterval(() => {
    heartbeat().catch((error: unknown) => failures.push(error));
  }, beatEvery);
  try {
    await work(() => failures.length > 0);
  } finally {
    clearInterval(timer);
  }
  if (failures.length > 0) throw failures[0];
}
