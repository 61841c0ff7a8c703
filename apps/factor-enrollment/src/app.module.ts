import { factorEnrollmentOperations, type HandlersOf } from '@cofactor/contracts';
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
import { FactorSecrets, type KeyedHashes } from '@cofactor/secret-vault';
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
import { FactorSetStream } from './adapters/factor-set-stream';
import { NewSecrets } from './adapters/new-secrets';
import { OverdueResets } from './adapters/overdue-resets';
import { ResetFlow, type SessionOwner } from './adapters/reset-flow';
import { SetUpCodes, type CodeSender } from './adapters/set-up-codes';
import { WaitingResets } from './adapters/waiting-resets';
import { ConfirmEnrolment } from './http/confirm-enrolment';
import { FactorChanges } from './http/factor-changes';
import { FactorReads } from './http/factor-reads';
import { FreezeChanges, type NoticeOwner } from './http/freeze-changes';
import { RequestReset } from './http/request-reset';
import { ResetDecisions } from './http/reset-decisions';
import { ResendEnrolmentCode } from './http/resend-enrolment-code';
import { StartEnrolment } from './http/start-enrolment';
import { CreateCredentialClaims1792000001000 } from './migrations/create-credential-claims';
import { CreateResetsForApproval1792000003000 } from './migrations/create-resets-for-approval';
import { ActivateSecretWhenFactorEnrolled } from './reactions/activate-secret.when-factor-enrolled';
import { DestroySecretWhenFactorRevoked } from './reactions/destroy-secret.when-factor-revoked';
import { FinishResetWhenApproved } from './reactions/finish-reset.when-approved';
import { FinishResetWhenRequested } from './reactions/finish-reset.when-requested';
import { ReplaceSecretWhenRecoveryCodesIssued } from './reactions/replace-secret.when-recovery-codes-issued';

/** Everything that factor-enrollment is made of; which adapter stands behind each is the configuration's business. */
export interface FactorEnrollmentParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly database: Database;
  readonly factorSecrets: FactorSecrets;
  readonly personalFields: PersonalFieldSealer;
  readonly keyedHashes: KeyedHashes;
  readonly hashing: Hashing;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly codes: CodeSender;
  readonly sessions: SessionOwner;
  readonly notices: NoticeOwner;
  readonly relyingParty: RelyingParty;
}

export const factorEnrollmentMigrations: readonly Migration[] = [
  ...eventStoreMigrations,
  ...messagingMigrations,
  ...relayMigrations,
  ...idempotencyMigrations,
  CreateCredentialClaims1792000001000,
  CreateResetsForApproval1792000003000,
];

/**
 * Pending secrets outlive their 15 minutes by a day, since an enrolment that was committed may still wait for its
 * activation, by a reaction, after a long outage. Expired ones are not opened meanwhile.
 */
const graceOfPendingSecrets = 86_400_000;

function assemble({ clock, database, factorSecrets: secrets, personalFields, sessions }: FactorEnrollmentParts) {
  const recorder = createRecorder(new PostgresEventStore({ database, service: 'factor-enrollment' }), clock);
  const sets = new FactorSetStream(recorder, personalFields);
  const waiting = new WaitingResets(database);
  const overdue = new OverdueResets(sets, waiting, clock);
  return { sets, waiting, overdue, resetFlow: new ResetFlow({ sets, secrets, sessions }) };
}

function operations(
  parts: FactorEnrollmentParts,
  keys: IdempotencyKeys,
  { sets, waiting, resetFlow }: ReturnType<typeof assemble>,
): OperationServer {
  const { clock, codes, factorSecrets: secrets, personalFields: sealer, signer, verifier } = parts;
  const newSecrets = new NewSecrets({ ...parts, secrets, sql: parts.database });
  const setUpCodes = new SetUpCodes({ sets, newSecrets, codes });
  const shared = { sets, newSecrets, setUpCodes, secrets, keys, signer, verifier, clock, sealer, resetFlow, waiting };
  const reads = new FactorReads(shared);
  const changes = new FactorChanges(shared);
  const decisions = new ResetDecisions(shared);
  const handlers: HandlersOf<typeof factorEnrollmentOperations> = {
    factorsOf: reads.factorsOf,
    factorsOfMany: reads.factorsOfMany,
    readFactors: reads.readFactors,
    startEnrolment: new StartEnrolment(shared).handle,
    resendEnrolmentCode: new ResendEnrolmentCode(shared).handle,
    confirmEnrolment: new ConfirmEnrolment(shared).handle,
    revokeFactor: changes.revokeFactor,
    changeRoles: changes.changeRoles,
    replaceRecoveryCode: changes.replaceRecoveryCode,
    issueRecoveryCodes: changes.issueRecoveryCodes,
    requestReset: new RequestReset(shared).handle,
    listWaitingResets: decisions.listWaitingResets,
    readWaitingReset: decisions.readWaitingReset,
    decideReset: decisions.decideReset,
    freezeChanges: new FreezeChanges({ ...parts, ...shared }).handle,
  };
  return serveOperations(factorEnrollmentOperations, handlers, {
    logger: parts.logger,
    duration: parts.metrics.operationDuration,
  });
}

@Module({})
export class FactorEnrollmentModule {
  static register(parts: FactorEnrollmentParts): DynamicModule {
    const { clock, database, factorSecrets, keyedHashes, logger } = parts;
    const keys = new IdempotencyKeys(database, (purpose, text) => keyedHashes.fingerprint(purpose, text));
    const assembled = assemble(parts);
    const health: HealthCheck = async () => ({ database: await database.isReady() });
    const sweepSecrets = () => factorSecrets.sweepExpired(new Date(clock.now().getTime() - graceOfPendingSecrets));
    return {
      module: FactorEnrollmentModule,
      controllers: [
        ActivateSecretWhenFactorEnrolled,
        DestroySecretWhenFactorRevoked,
        ReplaceSecretWhenRecoveryCodesIssued,
        FinishResetWhenRequested,
        FinishResetWhenApproved,
      ],
      providers: [
        { provide: OPERATIONS, useValue: operations(parts, keys, assembled) },
        { provide: HEALTH, useValue: health },
        { provide: ResetFlow, useValue: assembled.resetFlow },
        { provide: FactorSecrets, useValue: factorSecrets },
        {
          provide: Sweeper,
          useFactory: () => new Sweeper(logger, [sweepSecrets, () => keys.sweep(), () => assembled.overdue.close()]),
        },
      ],
    };
  }
}
