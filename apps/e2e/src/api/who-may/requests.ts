import { randomUUID } from 'node:crypto';
import { newEmail, newPractice, password } from '../practice';
import { siteName, type Ids } from './callers';
import type { Whose } from './rows';
import { withApproval } from './staging';

export interface Asked {
  readonly body?: object;
  /** What somebody who may is answered: a success, or a refusal for what was sent and not for who sent it. */
  readonly allowed: readonly string[];
  /** Ids in the address that are not those of their name. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** After which it is sent again, as soon as the answer says. */
  readonly later?: string;
}

/** What is sent to each endpoint, so that no answer spoils another one's. */
export const requests: Readonly<Record<string, (ids: Ids, whose: Whose) => Asked>> = {
  readInstallation: () => ({ allowed: ['200'] }),
  listPresets: () => ({ allowed: ['200'] }),
  listOrganisations: () => ({ allowed: ['200'] }),
  createOrganisation: () => ({ body: newPractice('healthcode', newEmail()), allowed: ['201'] }),
  startSignIn: () => ({ body: { email: newEmail(), password }, allowed: ['401 invalid-credentials'] }),
  reportNotMine: () => ({ body: { link: 'no link of ours' }, allowed: ['404 link-not-valid'] }),
  readSignIn: () => ({ allowed: ['200'] }),
  issueChallenge: ({ credentialId }) => ({ body: { credentialId }, allowed: ['201'] }),
  // To the challenge of another sign-in as to none: there is no such verdict as `yes` for it.
  answerChallenge: ({ code }, whose) => ({ body: { code }, allowed: whose === 'own' ? ['200'] : [] }),
  readSession: () => ({ allowed: ['200'] }),
  readMe: () => ({ allowed: ['200'] }),
  listSessions: () => ({ allowed: ['200'] }),
  endOwnSession: () => ({ allowed: ['204'] }),
  endSession: () => ({ allowed: ['204'] }),
  listFactors: () => ({ allowed: ['200'] }),
  startEnrolment: () => ({ body: { password }, parameters: { type: 'totp' }, allowed: ['201'] }),
  resendEnrolmentCode: ({ emailEnrolmentId: enrolmentId }) => ({
    parameters: { type: 'email', enrolmentId },
    allowed: ['201'],
    later: '429 too-early-to-resend',
  }),
  confirmEnrolment: () => ({ body: { code: 'no code' }, parameters: { type: 'totp' }, allowed: ['401 code-wrong'] }),
  changeRoles: ({ credentialId }) => ({ body: { default: credentialId, secondary: null }, allowed: ['200'] }),
  revokeFactor: () => ({ body: { password }, allowed: ['204'] }),
  issueRecoveryCodes: () => ({ body: { password }, allowed: ['201'] }),
  resetOwnFactors: () => ({ body: { password }, allowed: ['201'] }),
  resetMember: () => ({ body: { reason: 'The phone was stolen.' }, allowed: ['201'] }),
  listResets: () => ({ allowed: ['200'] }),
  approveReset: () => ({ body: { password }, allowed: ['201'] }),
  refuseReset: ({ resetToRefuseId: resetId }) => ({
    body: { password },
    parameters: { resetId },
    allowed: ['201'],
  }),
  readPolicy: () => ({ allowed: ['200'] }),
  // The rules as they are: nothing changes.
  changePolicy: () => ({ body: { version: 2, policy: withApproval }, allowed: ['200'] }),
  forecastPolicy: () => ({ body: { policy: withApproval }, allowed: ['200'] }),
  listPeople: () => ({ allowed: ['200'] }),
  readPerson: () => ({ allowed: ['200'] }),
  addPerson: () => ({ body: { name: 'Dr Lee Park', email: newEmail(), roles: ['member'] }, allowed: ['201'] }),
  // As they are.
  changePerson: ({ siteId }) => ({ body: { roles: ['member'], siteIds: [siteId] }, allowed: ['204'] }),
  removePerson: ({ leaverId: personId }) => ({ parameters: { personId }, allowed: ['204'] }),
  // Nobody holds a secret that was never sent.
  chooseFirstPassword: () => ({ body: { token: 'cfl_unknown', password }, allowed: ['401 link-expired'] }),
  sendFirstPassword: () => ({ allowed: ['201'] }),
  listSites: () => ({ allowed: ['200'] }),
  addSite: () => ({ body: { name: `Site ${randomUUID()}` }, allowed: ['201'] }),
  renameSite: () => ({ body: { name: siteName }, allowed: ['204'] }),
  removeSite: () => ({ allowed: ['422 site-in-use'] }),
  requireSecondFactorOf: () => ({ body: { required: false }, allowed: ['204'] }),
  listSharedAccounts: () => ({ allowed: ['200'] }),
  // Nothing was decided: nothing changes.
  decideSharedAccount: () => ({ body: { shared: null }, allowed: ['204'] }),
  listAuditRecords: () => ({ allowed: ['200'] }),
  listSupportStaff: () => ({ allowed: ['200'] }),
  appointSupport: () => ({ body: { email: newEmail() }, allowed: ['201'] }),
  dismissSupport: () => ({ allowed: ['204'] }),
  lookUpPerson: () => ({ body: { email: newEmail() }, allowed: ['201'] }),
  openSupportCase: ({ lookUpId }) => ({ body: { lookUpId }, allowed: ['201'] }),
  readSupportCase: () => ({ allowed: ['200'] }),
  recordSupportStep: () => ({ body: { step: 'call-back', note: 'Nobody answered.' }, allowed: ['201'] }),
  resetBySupport: () => ({ body: { password }, allowed: ['201'] }),
  listReports: () => ({ allowed: ['200'] }),
  listSupportResets: () => ({ allowed: ['200'] }),
  approveSupportReset: ({ supportResetId: resetId }) => ({
    body: { password },
    parameters: { resetId },
    allowed: ['201'],
  }),
  refuseSupportReset: ({ supportResetToRefuseId: resetId }) => ({
    body: { password },
    parameters: { resetId },
    allowed: ['201'],
  }),
};
