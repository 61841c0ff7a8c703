import { createHash } from 'node:crypto';

/**
 * Lua that Redis runs as one step. It touches one key, `KEYS[1]`, and so stands in one hash slot wherever Redis keeps
 * it; time comes in as an argument, so that it does the same at every replica.
 */
export interface RedisScript {
  readonly lua: string;
  /** By which Redis knows it once it has seen it. */
  readonly digest: string;
}

export function redisScript(lua: string): RedisScript {
  return { lua, digest: createHash('sha1').update(lua).digest('hex') };
}
