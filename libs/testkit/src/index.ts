export { eventually } from './eventually';
export { freePort } from '@cofactor/local-servers';
export { fixedClock, type FixedClock } from './fixed-clock';
export { describeWithKafka, sharedTestKafka, startTestKafka, type SharedTestKafka, type TestKafka } from './test-kafka';
export { startTestPostgres, type TestPostgres } from './test-postgres';
export { describeWithRedis, sharedTestRedis, startTestRedis, type SharedTestRedis } from './test-redis';
export { totpCode } from './totp-code';
export { SentCodes, type SentCode } from './sent-codes';
