import { DomainError } from '@cofactor/contracts';

/** How many may wait for one name; honest bursts are far below it. */
const longestQueue = 200;

/**
 * Lets one piece of work at a time run for each name, in order of arrival: commands on one stream would otherwise
 * conflict with each other and be decided again and again. It saves work; what is right is decided by the event
 * store's compare-and-swap, which also holds between replicas. Throws `busy` where 200 wait already.
 */
export class OneAtATime {
  private readonly queues = new Map<string, { last: Promise<unknown>; length: number }>();

  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const queue = this.queues.get(name) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length > longestQueue) throw new DomainError('busy', { retryAfter: 3 });
    const turn = queue.last.then(work, work);
    queue.last = turn;
    queue.length += 1;
    this.queues.set(name, queue);
    try {
      return await turn;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.queues.delete(name);
    }
  }
}
