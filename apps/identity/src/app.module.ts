import { identityOperations, type ChecklistStep, type FactorType, type HandlersOf } from '@cofactor/contracts';
import {
  eventStoreMigrations,
  PostgresEventStore,
  type Database,
  type Migration,
  IdempotencyKeys,
  idempotencyMigrations,
} from '@cofactor/event-store';
import { messagingMigrations, relayMigrations } from '@cofactor/messaging';
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
  type Signer,
  type Verifier,
} from '@cofactor/service-kit';
import { Contacts, type KeyedHashes, type Passwords, type PersonalFields } from '@cofactor/secret-vault';
import { Module, type DynamicModule } from '@nestjs/common';
import { Access } from './adapters/access';
import { Directory } from './adapters/directory';
import { FirstPasswordLinks } from './adapters/first-password-links';
import { Forecasting } from './adapters/forecasting';
import { LeftPeople } from './adapters/left-people';
import { MailsToAdded, type LinkSender } from './adapters/mails-to-added';
import { SiteDirectory } from './adapters/members';
import { HelpedPeople } from './adapters/helped-people';
import { InstallationStaff } from './adapters/installation-staff';
import { NameIndexes } from './adapters/name-indexes';
import { Needs, type FactorOwner } from './adapters/needs';
import { openingNames } from './adapters/open-names';
import { PasswordCheck } from './adapters/password-check';
import { PasswordSessions } from './adapters/password-sessions';
import { PolicyDirectory } from './adapters/policy-directory';
import { Registration } from './adapters/registration';
import { ReportedChanges } from './adapters/reported-changes';
import { AllSessions } from './adapters/all-sessions';
import { SessionOpener } from './adapters/session-opener';
import { SharedAccounts } from './adapters/shared-accounts';
import { SharingSigns } from './adapters/sharing-signs';
import { Authorisations } from './http/authorisations';
import { FirstPasswords } from './http/first-passwords';
import { Forecasts } from './http/forecasts';
import { Memberships } from './http/memberships';
import { Organisations } from './http/organisations';
import { PeopleOfPractices } from './http/people';
import { PeopleToTell } from './http/people-to-tell';
import { Policies } from './http/policies';
import { ResetDecisions } from './http/reset-decisions';
import { Resets } from './http/resets';
import { SecondFactorRequirements } from './http/second-factor-requirements';
import { Sessions } from './http/sessions';
import { SharedAccountDecisions } from './http/shared-accounts';
import { SignIns } from './http/sign-ins';
import { Sites } from './http/sites';
import { AddPeopleAndSites1791000003000 } from './migrations/add-people-and-sites';
import { SupportCases } from './http/support-cases';
import { SupportReports } from './http/support-reports';
import { SupportStaff } from './http/support-staff';
import { AddSharedAccounts1792000003000 } from './migrations/add-shared-accounts';
import { AddSignInRules1791000002000 } from './migrations/add-sign-in-rules';
import { CreateDirectory1763800002000 } from './migrations/create-directory';
import { CreateReportedChanges1795000001000 } from './migrations/create-reported-changes';
import { CreateSupportStaff1792000004000 } from './migrations/create-support-staff';
import { CreateOperators1791000001000 } from './migrations/create-operators';
import { EndPasswordSessionsWhenFirstFactorEnrolled } from './reactions/end-password-sessions.when-first-factor-enrolled';
import { EndSessionsWhenChangesFrozen } from './reactions/end-sessions.when-changes-frozen';
import { EndSessionsWhenLastPracticeLeft } from './reactions/end-sessions.when-last-practice-left';
import { EndSessionsWhenReset } from './reactions/end-sessions.when-reset';
import { ListReportWhenChangesFrozen } from './reactions/list-report.when-changes-frozen';
import { SuspectSharingWhenAccountsChange } from './reactions/suspect-sharing.when-accounts-change';
import { ActivateContactWhenPersonRegistered } from './reactions/activate-contact.when-person-registered';

export { firstPasswordSettings } from './first-password-settings';

/** Everything that identity is made of; which adapter stands behind each is the configuration's business. */
export interface IdentityParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Its own database, with `identityMigrations`. */
  readonly database: Database;
  readonly contacts: Contacts;
  readonly passwords: Passwords;
  readonly personalFields: PersonalFields;
  readonly keyedHashes: Pick<KeyedHashes, 'fingerprint'>;
  readonly hashing: Hashing;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly factorEnrollment: FactorOwner;
  readonly notification: LinkSender;
  /** How long the link to a first password works. */
  readonly firstPasswordDays: number;
  readonly builtFactors: readonly FactorType[];
  readonly registration: 'open' | 'operator';
  /** How support verifies people (PRODUCT AX5). */
  readonly supportChecklist: readonly ChecklistStep[];
}

export const identityMigrations: readonly Migration[] = [
  ...eventStoreMigrations,
  ...messagingMigrations,
  ...relayMigrations,
  ...idempotencyMigrations,
  CreateDirectory1763800002000,
  CreateOperators1791000001000,
  AddSignInRules1791000002000,
  AddPeopleAndSites1791000003000,
  CreateSupportStaff1792000004000,
  AddSharedAccounts1792000003000,
  CreateReportedChanges1795000001000,
];

function assemble(parts: IdentityParts) {
  const { clock, contacts, database, hashing, passwords, personalFields, randomBytes } = parts;
  const store = new PostgresEventStore({ database, service: 'identity' });
  const fingerprint = (purpose: string, text: string) => parts.keyedHashes.fingerprint(purpose, text);
  const recorder = createRecorder(store, clock);
  const directory = new Directory(database);
  const access = new Access(database);
  const keys = new IdempotencyKeys(database, fingerprint);
  const needs = new Needs(parts.factorEnrollment, parts.builtFactors);
  const policies = new PolicyDirectory(database);
  const nameIndex = (name: string) => fingerprint('address-name', name);
  const emailOf = (personId: string) => contacts.openFor(personId, 'email');
  const sharedAccounts = new SharedAccounts({ sql: database, emailOf });
  const allSessions = new AllSessions(access, recorder);
  const shared = { recorder, directory, access, keys, needs, hashing, sealer: personalFields, randomBytes };
  return {
    ...shared,
    factorOwner: parts.factorEnrollment,
    passwordCheck: new PasswordCheck({ ...shared, sql: database, passwords, fingerprint }),
    allSessions,
    leftPeople: new LeftPeople(directory, allSessions),
    opener: new SessionOpener(recorder, personalFields, randomBytes, (personId, network) =>
      fingerprint('session-network', JSON.stringify([personId, network])),
    ),
    registering: new Registration({ recorder, hashing, contacts, passwords }),
    openFields: (personId: string, sealed: string) => personalFields.open(personId, sealed),
    ...openingNames(personalFields),
    emailOf,
    emailIndex: (email: string) => contacts.indexOf('email', email),
    policies,
    siteDirectory: new SiteDirectory(database),
    sharedAccounts,
    sharingSigns: new SharingSigns({ recorder, directory, policies, sharedAccounts, nameIndex }),
    database,
    passwords,
    links: new FirstPasswordLinks({ sql: database, fingerprint, randomBytes, days: parts.firstPasswordDays }),
    mails: new MailsToAdded(parts.notification, recorder, parts.firstPasswordDays),
    forecasting: new Forecasting({ policies, needs, nameIndex }),
    nameIndex,
    reportedChanges: new ReportedChanges(database),
    nameIndexes: new NameIndexes({ sql: database, emailOf, nameIndex }),
  };
}

function operations(parts: IdentityParts, assembled: ReturnType<typeof assemble>): OperationServer {
  const everything = { ...assembled, signer: parts.signer, verifier: parts.verifier, registration: parts.registration };
  const organisations = new Organisations(everything);
  const people = new PeopleOfPractices(everything);
  const policies = new Policies(everything);
  const memberships = new Memberships({ ...everything, logger: parts.logger });
  const firstPasswords = new FirstPasswords(everything);
  const sites = new Sites(everything);
  const signIns = new SignIns(everything);
  const authorisations = new Authorisations(everything);
  const sessions = new Sessions(everything);
  const resets = new Resets(everything);
  const peopleToTell = new PeopleToTell(everything);
  const resetDecisions = new ResetDecisions(everything);
  const supportStaff = new SupportStaff({ ...everything, staff: new InstallationStaff(everything) });
  const helped = new HelpedPeople(everything);
  const supportCases = new SupportCases({ ...everything, helped, checklist: parts.supportChecklist });
  const supportReports = new SupportReports(everything);
  const sharedAccounts = new SharedAccountDecisions(everything);
  const handlers: HandlersOf<typeof identityOperations> = {
    readInstallation: organisations.readInstallation,
    listOrganisations: organisations.listOrganisations,
    createOrganisation: organisations.createOrganisation,
    listPeople: people.listPeople,
    readPerson: people.readPerson,
    addPerson: memberships.addPerson,
    changePerson: memberships.changePerson,
    removePerson: memberships.removePerson,
    sendFirstPassword: firstPasswords.sendFirstPassword,
    chooseFirstPassword: firstPasswords.chooseFirstPassword,
    listSites: sites.listSites,
    addSite: sites.addSite,
    renameSite: sites.renameSite,
    removeSite: sites.removeSite,
    listSharedAccounts: sharedAccounts.listSharedAccounts,
    decideSharedAccount: sharedAccounts.decideSharedAccount,
    readPolicy: policies.readPolicy,
    changePolicy: policies.changePolicy,
    forecastPolicy: new Forecasts(everything).forecastPolicy,
    requireSecondFactorOf: new SecondFactorRequirements(everything).requireSecondFactorOf,
    startSignIn: signIns.startSignIn,
    readSignIn: signIns.readSignIn,
    acceptProof: signIns.acceptProof,
    authorise: authorisations.authorise,
    listReports: supportReports.listReports,
    listSupportToTell: supportReports.listSupportToTell,
    listApproversToTell: supportReports.listApproversToTell,
    listSupportStaff: supportStaff.listSupportStaff,
    appointSupport: supportStaff.appointSupport,
    dismissSupport: supportStaff.dismissSupport,
    lookUpPerson: supportCases.lookUpPerson,
    openSupportCase: supportCases.openSupportCase,
    readSupportCase: supportCases.readSupportCase,
    recordSupportStep: supportCases.recordSupportStep,
    authoriseSupportReset: supportCases.authoriseSupportReset,
    authoriseReset: resets.authoriseReset,
    authoriseResetDecision: resetDecisions.authoriseResetDecision,
    listResets: resetDecisions.listResets,
    endSessionsByReset: resets.endSessionsByReset,
    listPeopleToTell: peopleToTell.listPeopleToTell,
    readPracticeName: peopleToTell.readPracticeName,
    readSession: sessions.readSession,
    listSessions: sessions.listSessions,
    endSession: sessions.endSession,
    readMe: sessions.readMe,
  };
  return serveOperations(identityOperations, handlers, {
    logger: parts.logger,
    duration: parts.metrics.operationDuration,
  });
}

/** Addresses outlive their hour by a day: a registration that was committed may still wait for its reaction. */
const graceOfPendingContacts = 86_400_000;

const sweeps = (
  { clock, contacts }: IdentityParts,
  { access, keys, nameIndexes, reportedChanges }: ReturnType<typeof assemble>,
) => [
  () => access.sweep(clock.now()),
  () => keys.sweep(),
  () => nameIndexes.fillIn(),
  () => reportedChanges.sweep(clock.now()),
  () => contacts.sweepExpired(new Date(clock.now().getTime() - graceOfPendingContacts)),
];

@Module({})
export class IdentityModule {
  static register(parts: IdentityParts): DynamicModule {
    const assembled = assemble(parts);
    const health: HealthCheck = async () => ({ database: await parts.database.isReady() });
    return {
      module: IdentityModule,
      controllers: [
        ActivateContactWhenPersonRegistered,
        EndPasswordSessionsWhenFirstFactorEnrolled,
        EndSessionsWhenReset,
        EndSessionsWhenLastPracticeLeft,
        SuspectSharingWhenAccountsChange,
        EndSessionsWhenChangesFrozen,
        ListReportWhenChangesFrozen,
      ],
      providers: [
        { provide: OPERATIONS, useValue: operations(parts, assembled) },
        { provide: HEALTH, useValue: health },
        { provide: Contacts, useValue: parts.contacts },
        { provide: SharingSigns, useValue: assembled.sharingSigns },
        { provide: AllSessions, useValue: assembled.allSessions },
        { provide: LeftPeople, useValue: assembled.leftPeople },
        { provide: PasswordSessions, useValue: new PasswordSessions(assembled.access, assembled.recorder) },
        {
          provide: Sweeper,
          useFactory: () => new Sweeper(parts.logger, sweeps(parts, assembled)),
        },
      ],
    };
  }
}
