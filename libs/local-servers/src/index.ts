export { LocalServerMissing } from './local-server-missing';
export { startRedis, type LocalRedis, type LocalRedisOptions } from './redis';
export { redisProgram } from './redis-program';
