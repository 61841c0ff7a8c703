import { randomUUID } from 'node:crypto';
import { newEmail, newPractice, password } from '../practice';
import { siteName, withApproval, type Ids } from './callers';
import type { Whose } from './rows';

export interface Asked {
  readonly body?: object;
  /** What somebody who may is answered: a success, or a refusal for what was sent and not for who sent it. */
  readonly allowed: readonly string[];
  /** Ids in the address that are not those of their name. */
  readonly parameters?: Readonly<Record<string, string>>;
}

const noPassword = 'not the password';

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
  answerChallenge: (_ids, whose) => ({
    body: { code: '123456' },
    allowed: whose === 'own' ? ['401 code-expired'] : [],
  }),
  readSession: () => ({ allowed: ['200'] }),
  readMe: () => ({ allowed: ['200'] }),
  listSessions: () => ({ allowed: ['200'] }),
  endOwnSession: () => ({ allowed: ['204'] }),
  endSession: () => ({ allowed: ['204'] }),
  listFactors: () => ({ allowed: ['200'] }),
  startEnrolment: () => ({ body: { password }, parameters: { type: 'totp' }, allowed: ['201'] }),
  resendEnrolmentCode: ({ emailEnrolmentId: enrolmentId }) => ({
    parameters: { type: 'email', enrolmentId },
    allowed: ['201', '429 too-early-to-resend'],
  }),
  confirmEnrolment: () => ({ body: { code: 'no code' }, parameters: { type: 'totp' }, allowed: ['401 code-wrong'] }),
  // Somebody in the set-up has no factor yet that could have a role.
  changeRoles: ({ credentialId }) => ({
    body: { default: credentialId, secondary: null },
    allowed: ['200', '422 roles-not-possible'],
  }),
  revokeFactor: (_ids, whose) => ({
    body: { password: whose === 'own' ? noPassword : password },
    allowed: ['401 invalid-credentials', '204'],
  }),
  issueRecoveryCodes: () => ({ body: { password }, allowed: ['201'] }),
  resetOwnFactors: () => ({ body: { password: noPassword }, allowed: ['401 invalid-credentials'] }),
  resetMember: () => ({ body: { reason: 'The phone was stolen.' }, allowed: ['201'] }),
  listResets: () => ({ allowed: ['200'] }),
  // The second one finds it decided.
  approveReset: () => ({ body: {}, allowed: ['201', '409 reset-closed'] }),
  refuseReset: () => ({ body: {}, allowed: ['201', '409 reset-closed'] }),
  readPolicy: () => ({ allowed: ['200'] }),
  // The rules as they are: nothing changes.
  changePolicy: () => ({ body: { version: 2, policy: withApproval }, allowed: ['200'] }),
  forecastPolicy: () => ({ body: { policy: withApproval }, allowed: ['200'] }),
  listPeople: () => ({ allowed: ['200'] }),
  readPerson: () => ({ allowed: ['200'] }),
  addPerson: () => ({ body: { name: 'Dr Lee Park', email: newEmail(), roles: ['member'] }, allowed: ['201'] }),
  // As they are; the only administrator stays one.
  changePerson: ({ siteId }) => ({
    body: { roles: ['member'], siteIds: [siteId] },
    allowed: ['204', '422 last-administrator'],
  }),
  removePerson: ({ leaverId: personId }) => ({ parameters: { personId }, allowed: ['204', '422 last-administrator'] }),
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
  // Whoever may is told that there is no such look-up, case or request of support.
  openSupportCase: () => ({ body: { lookUpId: 'none-of-this-kind' }, allowed: ['404 not-found'] }),
  readSupportCase: () => ({ allowed: ['404 not-found'] }),
  recordSupportStep: () => ({ body: { step: 'call-back', note: 'Nobody answered.' }, allowed: ['404 not-found'] }),
  resetBySupport: () => ({ body: {}, allowed: ['404 not-found'] }),
  listReports: () => ({ allowed: ['200'] }),
  listSupportResets: () => ({ allowed: ['200'] }),
  approveSupportReset: () => ({ body: {}, allowed: ['404 not-found'] }),
  refuseSupportReset: () => ({ body: {}, allowed: ['404 not-found'] }),
};
