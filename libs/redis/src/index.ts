export { RedisConnection } from './redis-connection';
export { redisScript, type RedisScript } from './redis-script';
export { redisSettings, type RedisSettings } from './settings';
