import { DomainError } from '@cofactor/contracts';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface HashingLimits {
  /** How many hashes are computed at once. */
  readonly concurrency: number;
  /** How many may wait; one more is refused with `busy` at once instead of waiting for ever. */
  readonly waiting: number;
}

/**
 * argon2id in a bounded queue. A place is taken before any look-up, so that a known and an unknown person wait the
 * same time (R27), and a burst is answered 503 with Retry-After rather than half a minute late.
 */
export class Hashing {
  private running = 0;
  private readonly queue: { readonly proceed: () => void; readonly holder: string | null }[] = [];

  private constructor(
    private readonly limits: HashingLimits,
    /** A hash with today's parameters that no secret is known for. */
    readonly dummyHash: string,
  ) {}

  static async create(limits: HashingLimits, randomBytes: (length: number) => Uint8Array): Promise<Hashing> {
    return new Hashing(limits, await hash(Buffer.from(randomBytes(32)), parameters));
  }

  /**
   * Runs `work` with a place in the queue; everything in it may hash without waiting again. `holder`, such as a network,
   * is whom it is done for before anybody is known: one holder waits in half of the places at most, so that a flood from
   * one network leaves the other half to everyone else.
   */
  async withPlace<Result>(work: (hasher: Hasher) => Promise<Result>, holder: string | null = null): Promise<Result> {
    await this.enter(holder);
    try {
      return await work(directly);
    } finally {
      this.leave();
    }
  }

  private enter(holder: string | null): Promise<void> {
    if (this.running < this.limits.concurrency) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.isFullFor(holder)) return Promise.reject(new DomainError('busy', { retryAfter: 3 }));
    return new Promise((proceed) => this.queue.push({ proceed, holder }));
  }

  private isFullFor(holder: string | null): boolean {
    const { waiting } = this.limits;
    if (this.queue.length >= waiting) return true;
    return holder !== null && this.queue.filter((place) => place.holder === holder).length >= Math.ceil(waiting / 2);
  }

  private leave(): void {
    const next = this.queue.shift();
    if (next) next.proceed();
    else this.running -= 1;
  }
}

export interface Hasher {
  hash(secret: string): Promise<string>;
  matches(hashed: string, secret: string): Promise<boolean>;
}

const directly: Hasher = {
  hash: (secret) => hash(secret, parameters),
  matches: (hashed, secret) => verify(hashed, secret),
};
