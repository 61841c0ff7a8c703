import { DomainError } from '@cofactor/contracts';
import type { Logger } from '@cofactor/service-kit';
import { Redis } from 'ioredis';
import { pauseBefore } from './reconnecting';
import type { RedisScript } from './redis-script';
import type { RedisSettings } from './settings';

/** Milliseconds. */
const connectTimeout = 2_000;
const commandTimeout = 500;
/** Commands in a row without an answer in time, after which the connection is given up and made anew. */
const silencesAllowed = 3;

/** Seconds after which it is worth another try. */
const retryAfter = 1;

/**
 * A connection to one Redis, for things that may be lost: `redis://` or `rediss://`, to a server or to the address of a
 * primary that moves (a replica that is written to is left at once). Not a Cluster or Sentinel client; but each script
 * has one key, so that a proxy may spread the keys.
 *
 * Every command has an answer, or throws `unavailable` (503) within a second: at once while there is no connection, and
 * nothing is kept to be sent later. A connection that is lost is made anew for ever. One line is logged when it is
 * lost, one when it is back; the address, which may hold a password, never is.
 */
export class RedisConnection {
  readonly #client: Redis;
  #state: 'new' | 'up' | 'down' | 'closed' = 'new';
  #silences = 0;

  private constructor(
    { REDIS_URL, REDIS_PREFIX }: RedisSettings,
    name: string,
    private readonly logger: Logger,
  ) {
    this.#client = new Redis(REDIS_URL, {
      connectionName: name,
      keyPrefix: REDIS_PREFIX,
      connectTimeout,
      commandTimeout,
      enableOfflineQueue: false,
      // What is under way when the connection is lost fails then, and is not sent again on the next one.
      maxRetriesPerRequest: 0,
      disableClientInfo: true,
      retryStrategy: (attempt) => pauseBefore(attempt, Math.random()),
      // A primary that became a replica refuses writes: its address may lead to another by now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    let reason: unknown = null;
    this.#client.on('error', (error) => (reason = error));
    this.#client.on('ready', () => this.#noteUp());
    this.#client.on('close', () => this.#noteDown(reason));
  }

  /** Begins to connect, and waits for nothing: a Redis that is not there yet is found when it comes. */
  static open(settings: RedisSettings, name: string, logger: Logger): RedisConnection {
    return new RedisConnection(settings, name, logger);
  }

  /** Whether it answers now. */
  async isReady(): Promise<boolean> {
    return this.#ask(() => this.#client.ping()).then(
      () => true,
      () => false,
    );
  }

  async get(key: string): Promise<string | null> {
    return this.#ask(() => this.#client.get(key));
  }

  /** Replaces what stands there. */
  async put(key: string, value: string, secondsToLive: number): Promise<void> {
    await this.#ask(() => this.#client.set(key, value, 'PX', Math.ceil(secondsToLive * 1000)));
  }

  /** Runs a script on one key; what it answers is the caller's to parse. */
  async run({ lua, digest }: RedisScript, key: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.#ask(async () => {
      try {
        return await this.#client.evalsha(digest, 1, key, ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return this.#client.eval(lua, 1, key, ...args);
      }
    });
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#client.disconnect();
  }

  async #ask<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    try {
      const reply = await command();
      this.#silences = 0;
      return reply;
    } catch (error) {
      this.#noteFailure(error);
      throw new DomainError('unavailable', { retryAfter });
    }
  }

  /** What Redis said is logged; that it says nothing, when its connection is given up. */
  #noteFailure(error: unknown): void {
    if (error instanceof Error && error.name === 'ReplyError') {
      this.logger.error({ err: error }, 'Redis refused a command');
    } else if (error instanceof Error && error.message === 'Command timed out') {
      this.#silences += 1;
      if (this.#silences < silencesAllowed) return;
      this.#silences = 0;
      this.#client.disconnect(true);
    }
  }

  #noteUp(): void {
    if (this.#state === 'down') this.logger.warn('Redis is back');
    this.#state = 'up';
  }

  #noteDown(reason: unknown): void {
    if (this.#state === 'closed') return;
    if (this.#state !== 'down') this.logger.warn({ err: reason }, 'Redis is lost');
    this.#state = 'down';
  }
}
