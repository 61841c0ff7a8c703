import 'reflect-metadata';
import { challengeOperations, notificationOperations } from '@cofactor/contracts';
import { RedisConnection } from '@cofactor/redis';
import { FactorSecrets } from '@cofactor/secret-vault';
import { runService } from '@cofactor/service-host';
import { Hashing, relyingPartyOf } from '@cofactor/service-kit';
import { availableParallelism } from 'node:os';
import { RedisPendingChallenges } from './adapters/pending-challenges.redis';
import { challengeMigrations, ChallengeModule } from './app.module';
import { settings } from './config';

export function run(): void {
  runService({
    name: 'challenge',
    settings,
    operations: challengeOperations,
    migrations: challengeMigrations,
    poolSize: 6,
    log: 'challenge',
    follows: [],
    publishers: (read) => ({ gateway: read.COFACTOR_GATEWAY_URL, identity: read.COFACTOR_IDENTITY_URL }),
    developmentParts: () => [],
    module: async ({ vault, watch, onClose, clientOf, ...parts }, read) => {
      const redis = RedisConnection.open(read, 'challenge', parts.logger);
      onClose(() => redis.close());
      watch('redis', () => redis.isReady());
      return ChallengeModule.register({
        ...parts,
        pendingChallenges: new RedisPendingChallenges(redis, parts.clock),
        factorSecrets: new FactorSecrets(vault),
        codes: clientOf(notificationOperations, read.COFACTOR_NOTIFICATION_URL),
        relyingParty: relyingPartyOf(read),
        hashing: await Hashing.create(
          { concurrency: availableParallelism(), waiting: read.COFACTOR_HASHES_WAITING },
          parts.randomBytes,
        ),
      });
    },
  });
}
