import type {
  auditOperations,
  challengeOperations,
  ClientOf,
  factorEnrollmentOperations,
  identityOperations,
  notificationOperations,
} from '@cofactor/contracts';

export const SERVICES = Symbol('the services behind the gateway');

/** The services behind the gateway, as their contracts describe them. */
export interface Services {
  readonly identity: ClientOf<typeof identityOperations>;
  readonly factorEnrollment: ClientOf<typeof factorEnrollmentOperations>;
  readonly challenge: ClientOf<typeof challengeOperations>;
  readonly notification: ClientOf<typeof notificationOperations>;
  readonly audit: ClientOf<typeof auditOperations>;
}
