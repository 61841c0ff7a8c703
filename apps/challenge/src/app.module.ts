import { challengeOperations, type HandlersOf } from '@cofactor/contracts';
import {
  eventStoreMigrations,
  PostgresEventStore,
  type Database,
  type Migration,
  IdempotencyKeys,
  idempotencyMigrations,
} from '@cofactor/event-store';
import type { RelyingParty } from '@cofactor/factors';
import { messagingMigrations, relayMigrations } from '@cofactor/messaging';
import type { FactorSecrets, KeyedHashes } from '@cofactor/secret-vault';
import {
  createRecorder,
  HEALTH,
  OPERATIONS,
  serveOperations,
  Sweeper,
  type Clock,
  type Hashing,
  type HealthCheck,
  type Logger,
  type Metrics,
  type OperationServer,
  type PersonalFieldSealer,
  type Signer,
  type Verifier,
} from '@cofactor/service-kit';
import { Module, type DynamicModule } from '@nestjs/common';
import { CredentialSecrets } from './adapters/credential-secrets';
import { CredentialStream } from './adapters/credential-stream';
import type { CodeSender, PendingChallenges } from './domain/ports';
import { AnswerChallenge } from './http/answer-challenge';
import { IssueChallenge } from './http/issue-challenge';
import { ReadUsage } from './http/read-usage';

export type { PendingChallenge } from './domain/pending-challenge';
export type { PendingChallenges } from './domain/ports';
export { MemoryPendingChallenges } from './adapters/pending-challenges.memory';
export { RedisPendingChallenges } from './adapters/pending-challenges.redis';

/** Everything that challenge is made of; which adapter stands behind each is the configuration's business. */
export interface ChallengeParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly database: Database;
  readonly pendingChallenges: PendingChallenges;
  /** Only ever opened: this service's role has no other right. */
  readonly factorSecrets: Pick<FactorSecrets, 'open'>;
  readonly personalFields: PersonalFieldSealer;
  readonly keyedHashes: Pick<KeyedHashes, 'fingerprint'>;
  readonly hashing: Hashing;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly codes: CodeSender;
  readonly relyingParty: RelyingParty;
}

export const challengeMigrations: readonly Migration[] = [
  ...eventStoreMigrations,
  ...messagingMigrations,
  ...relayMigrations,
  ...idempotencyMigrations,
];

const fingerprintOf =
  ({ keyedHashes }: ChallengeParts) =>
  (purpose: string, text: string): string =>
    keyedHashes.fingerprint(purpose, text);

function operations(parts: ChallengeParts, keys: IdempotencyKeys): OperationServer {
  const { clock, codes, database, hashing, randomBytes, relyingParty, signer, verifier } = parts;
  const recorder = createRecorder(new PostgresEventStore({ database, service: 'challenge' }), clock);
  const credentials = new CredentialStream(recorder, parts.personalFields);
  const secrets = new CredentialSecrets(parts.factorSecrets);
  const effects = { clock, hashing, randomBytes, relyingParty };
  const shared = { ...effects, credentials, secrets, pending: parts.pendingChallenges, keys, signer, verifier };
  const handlers: HandlersOf<typeof challengeOperations> = {
    issueChallenge: new IssueChallenge({ ...shared, codes }).handle,
    answerChallenge: new AnswerChallenge({ ...shared, fingerprint: fingerprintOf(parts) }).handle,
    readUsage: new ReadUsage(shared).handle,
  };
  return serveOperations(challengeOperations, handlers, {
    logger: parts.logger,
    duration: parts.metrics.operationDuration,
  });
}

/** It reacts to no facts: whether a factor is still alive it asks the vault, at every answer (DESIGN §6.1, §6.3). */
@Module({})
export class ChallengeModule {
  static register(parts: ChallengeParts): DynamicModule {
    const keys = new IdempotencyKeys(parts.database, fingerprintOf(parts));
    const health: HealthCheck = async () => ({ database: await parts.database.isReady() });
    return {
      module: ChallengeModule,
      controllers: [],
      providers: [
        { provide: OPERATIONS, useValue: operations(parts, keys) },
        { provide: HEALTH, useValue: health },
        { provide: Sweeper, useFactory: () => new Sweeper(parts.logger, [() => keys.sweep()]) },
      ],
    };
  }
}
