export { LocalServerMissing } from './local-server-missing';
export { startRedis, type LocalRedis, type LocalRedisOptions } from './redis';
export { redisProgram } from './redis-program';
export { startKafka, type LocalKafka, type LocalKafkaOptions } from './kafka';
export { kafkaProgram } from './kafka-program';
export { startMoto, type LocalMoto } from './moto';
export { motoProgram } from './moto-program';
export { tiedToParent } from './tied-to-parent';
export { freePort } from './free-port';
