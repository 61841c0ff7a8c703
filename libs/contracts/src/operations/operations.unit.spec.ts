import {
  auditOperations,
  challengeOperations,
  factorEnrollmentOperations,
  identityOperations,
  notificationOperations,
  type Operation,
  type OperationTable,
} from './index';

const operations: readonly Operation[] = [
  identityOperations,
  factorEnrollmentOperations,
  challengeOperations,
  notificationOperations,
  auditOperations,
].flatMap((table: OperationTable) => Object.values(table));
const reads = /^(read|list|forecast)|^factorsOf/;
const namesOf = (chosen: readonly Operation[]): string[] => chosen.map(({ name }) => name);

describe('the operations of the services', () => {
  it('§6.1 are for the gateway alone, but for the factors of anybody, resets that wait, the sending of codes and links and the end of sessions by a reset', () => {
    const ofIdentity = operations.filter(({ callers }) => callers.some((caller) => caller !== 'gateway'));
    expect(namesOf(ofIdentity)).toEqual([
      'listSupportToTell',
      'listApproversToTell',
      'endSessionsByReset',
      'listPeopleToTell',
      'readPracticeName',
      'factorsOf',
      'factorsOfMany',
      'listWaitingResets',
      'readWaitingReset',
      'sendCode',
      'readReportedNotice',
      'sendLink',
    ]);
    expect(identityOperations.listPeopleToTell.callers).toEqual(['notification']);
    expect(identityOperations.readPracticeName.callers).toEqual(['notification']);
    expect(identityOperations.listSupportToTell.callers).toEqual(['notification']);
    expect(identityOperations.listApproversToTell.callers).toEqual(['notification']);
    expect(notificationOperations.readReportedNotice.callers).toEqual(['factor-enrollment']);
    expect(identityOperations.endSessionsByReset.callers).toEqual(['factor-enrollment']);
    expect(factorEnrollmentOperations.factorsOf.callers).toEqual(['identity']);
    expect(factorEnrollmentOperations.factorsOfMany.callers).toEqual(['identity']);
    expect(factorEnrollmentOperations.listWaitingResets.callers).toEqual(['identity']);
    expect(factorEnrollmentOperations.readWaitingReset.callers).toEqual(['identity']);
    expect(notificationOperations.sendCode.callers).toEqual(['challenge', 'factor-enrollment']);
    expect(notificationOperations.sendLink.callers).toEqual(['identity']);
  });

  it('may be repeated where they read', () => {
    const others = operations.filter(({ name, repeat }) => reads.test(name) && repeat !== 'always');
    expect(namesOf(others)).toEqual([]);
  });

  it('are not repeated without a key where a try counts or something is made', () => {
    const repeated = operations.filter(({ name, repeat }) => !reads.test(name) && repeat === 'always');
    expect(namesOf(repeated)).toEqual([
      'dismissSupport',
      'acceptProof',
      'endSessionsByReset',
      'endSession',
      'changePolicy',
      'requireSecondFactorOf',
      'changePerson',
      'removePerson',
      'renameSite',
      'removeSite',
      'decideSharedAccount',
      'revokeFactor',
      'changeRoles',
      'replaceRecoveryCode',
      'decideReset',
      'sendCode',
      'sendLink',
    ]);
  });
});
