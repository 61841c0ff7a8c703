/*
 * Who may do what: every address of the interface, for everyone who may come to it. Whatever is not here is refused by
 * the tests: `who-may.unit.spec.ts` says which row is missing or too many, `who-may.e2e.spec.ts` asks a real
 * installation every cell, and `npm run who-may` writes docs/who-may.md from it.
 *
 * To add an endpoint: one row for each `whose` below that its address has ids for, with a verdict in every column, and
 * one entry in `requests.ts` (what is sent, and what somebody who may is answered). To add a role: one column here, one
 * entry in `callers.ts`.
 *
 * The callers. `second-factor` and `set-up` are unfinished sign-ins of administrators, that wait for what they are
 * called; `one-factor` is an administrator's session that rests on a password though the account holds a factor; all
 * others are sessions that rest on two factors. All belong to one practice, but for the operator and
 * support, who belong to none.
 *
 * `whose`: what the ids in the address belong to. `-` there are none. `own` to the caller, or to the practice and a
 * colleague there. `foreign` to somebody of another practice, or to that practice. `mixed` the first id is the
 * caller's own, what follows is foreign.
 *
 * Verdicts: `yes`; `401` sign in; `factor` the second factor is missing; `set-up` the set-up is missing; `no` not in
 * this role; `404` as if it were not there; or else the code of a problem. A foreign id that is not answered `yes` is
 * answered as one that does not exist.
 */
export const table = `
endpoint               whose    nobody  second-factor  set-up  one-factor  patient  member  analyst  administrator  operator  support

readInstallation       -        yes     yes            yes     yes         yes      yes     yes      yes            yes       yes
listPresets            -        yes     yes            yes     yes         yes      yes     yes      yes            yes       yes
listOrganisations      -        401     factor         set-up  no          no       no      no       no             yes       no
createOrganisation     -        yes     yes            yes     yes         yes      yes     yes      yes            yes       yes
startSignIn            -        yes     yes            yes     yes         yes      yes     yes      yes            yes       yes
reportNotMine          -        yes     yes            yes     yes         yes      yes     yes      yes            yes       yes
chooseFirstPassword    -        yes     yes            yes     yes         yes      yes     yes      yes            yes       yes

readSignIn             own      401     yes            yes     yes         yes      yes     yes      yes            yes       yes
readSignIn             foreign  401     404            404     404         404      404     404      404            404       404
issueChallenge         own      401     yes            set-up  404         404      404     404      404            404       404
issueChallenge         foreign  401     404            404     404         404      404     404      404            404       404
issueChallenge         mixed    401     404            set-up  404         404      404     404      404            404       404
answerChallenge        own      401     yes            set-up  404         404      404     404      404            404       404
answerChallenge        foreign  401     404            404     404         404      404     404      404            404       404
answerChallenge        mixed    401     code-expired   set-up  404         404      404     404      404            404       404

readSession            -        401     factor         set-up  yes         yes      yes     yes      yes            yes       yes
readMe                 -        401     factor         set-up  yes         yes      yes     yes      yes            yes       yes
listSessions           -        401     factor         set-up  yes         yes      yes     yes      yes            yes       yes
endOwnSession          own      401     404            404     factor      yes      yes     yes      yes            yes       yes
endOwnSession          foreign  401     404            404     404         404      404     404      404            404       404
endSession             -        401     yes            yes     yes         yes      yes     yes      yes            yes       yes

listFactors            -        401     factor         yes     yes         yes      yes     yes      yes            yes       yes
startEnrolment         -        401     factor         yes     factor      yes      yes     yes      yes            yes       yes
resendEnrolmentCode    own      401     factor         yes     factor      yes      yes     yes      yes            yes       yes
resendEnrolmentCode    foreign  401     factor         404     factor      404      404     404      404            404       404
confirmEnrolment       own      401     factor         yes     factor      yes      yes     yes      yes            yes       yes
confirmEnrolment       foreign  401     factor         404     factor      404      404     404      404            404       404
changeRoles            -        401     factor         roles-not-possible  factor      yes      yes     yes      yes            yes       yes
revokeFactor           own      401     factor         set-up  factor      yes      yes     yes      yes            policy-needs-factor  policy-needs-factor
revokeFactor           foreign  401     factor         set-up  factor      404      404     404      404            404       404
issueRecoveryCodes     -        401     factor         set-up  factor      yes      yes     yes      yes            yes       yes
resetOwnFactors        -        401     factor         set-up  factor      yes      yes     yes      yes            yes       yes

resetMember            own      401     factor         set-up  factor      no       no      no       yes            404       404
resetMember            foreign  401     factor         set-up  factor      404      404     404      404            404       404
resetMember            mixed    401     factor         set-up  factor      no       no      no       404            404       404
listResets             own      401     factor         set-up  factor      no       no      no       yes            404       404
listResets             foreign  401     factor         set-up  404         404      404     404      404            404       404
approveReset           own      401     factor         set-up  factor      no       no      no       yes            404       404
approveReset           foreign  401     factor         set-up  404         404      404     404      404            404       404
approveReset           mixed    401     factor         set-up  factor      no       no      no       404            404       404
refuseReset            own      401     factor         set-up  factor      no       no      no       yes            404       404
refuseReset            foreign  401     factor         set-up  404         404      404     404      404            404       404
refuseReset            mixed    401     factor         set-up  factor      no       no      no       404            404       404

readPolicy             own      401     factor         set-up  factor      no       no      yes      yes            yes       404
readPolicy             foreign  401     factor         set-up  404         404      404     404      404            yes       404
changePolicy           own      401     factor         set-up  factor      no       no      no       yes            yes       404
changePolicy           foreign  401     factor         set-up  404         404      404     404      404            yes       404
forecastPolicy         own      401     factor         set-up  factor      no       no      no       yes            yes       404
forecastPolicy         foreign  401     factor         set-up  404         404      404     404      404            yes       404

listPeople             own      401     factor         set-up  factor      no       no      yes      yes            404       404
listPeople             foreign  401     factor         set-up  404         404      404     404      404            404       404
readPerson             own      401     factor         set-up  factor      no       no      yes      yes            404       404
readPerson             foreign  401     factor         set-up  404         404      404     404      404            404       404
readPerson             mixed    401     factor         set-up  factor      no       no      404      404            404       404
addPerson              own      401     factor         set-up  factor      no       no      no       yes            yes       404
addPerson              foreign  401     factor         set-up  404         404      404     404      404            yes       404
changePerson           own      401     factor         set-up  factor      no       no      no       yes            yes       404
changePerson           foreign  401     factor         set-up  404         404      404     404      404            yes       404
changePerson           mixed    401     factor         set-up  factor      no       no      no       404            404       404
sendFirstPassword      own      401     factor         set-up  factor      no       no      no       yes            yes       404
sendFirstPassword      foreign  401     factor         set-up  404         404      404     404      404            yes       404
sendFirstPassword      mixed    401     factor         set-up  factor      no       no      no       404            404       404
removePerson           own      401     factor         set-up  factor      no       no      no       yes            yes       404
removePerson           foreign  401     factor         set-up  404         404      404     404      404            yes       404
removePerson           mixed    401     factor         set-up  factor      no       no      no       404            404       404
listSites              own      401     factor         set-up  factor      no       no      no       yes            yes       404
listSites              foreign  401     factor         set-up  404         404      404     404      404            yes       404
addSite                own      401     factor         set-up  factor      no       no      no       yes            yes       404
addSite                foreign  401     factor         set-up  404         404      404     404      404            yes       404
renameSite             own      401     factor         set-up  factor      no       no      no       yes            yes       404
renameSite             foreign  401     factor         set-up  404         404      404     404      404            yes       404
renameSite             mixed    401     factor         set-up  factor      no       no      no       404            404       404
removeSite             own      401     factor         set-up  factor      no       no      no       yes            yes       404
removeSite             foreign  401     factor         set-up  404         404      404     404      404            yes       404
removeSite             mixed    401     factor         set-up  factor      no       no      no       404            404       404
requireSecondFactorOf  own      401     factor         set-up  no          no       no      no       no             yes       no
requireSecondFactorOf  foreign  401     factor         set-up  no          no       no      no       no             yes       no
listSharedAccounts     own      401     factor         set-up  factor      no       no      no       yes            404       404
listSharedAccounts     foreign  401     factor         set-up  404         404      404     404      404            404       404
decideSharedAccount    own      401     factor         set-up  factor      no       no      no       yes            404       404
decideSharedAccount    foreign  401     factor         set-up  404         404      404     404      404            404       404
decideSharedAccount    mixed    401     factor         set-up  factor      no       no      no       404            404       404

listAuditRecords       own      401     factor         set-up  factor      no       no      yes      yes            404       404
listAuditRecords       foreign  401     factor         set-up  factor      404      404     404      404            404       404

listSupportStaff       -        401     factor         set-up  no          no       no      no       no             yes       no
appointSupport         -        401     factor         set-up  no          no       no      no       no             yes       no
dismissSupport         own      401     factor         set-up  no          no       no      no       no             yes       no
dismissSupport         foreign  401     factor         set-up  no          no       no      no       no             yes       no
lookUpPerson           -        401     factor         set-up  no          no       no      no       no             yes       yes
openSupportCase        -        401     factor         set-up  no          no       no      no       no             yes       yes
readSupportCase        own      401     factor         set-up  no          no       no      no       no             yes       yes
readSupportCase        foreign  401     factor         set-up  no          no       no      no       no             yes       yes
recordSupportStep      own      401     factor         set-up  no          no       no      no       no             yes       yes
recordSupportStep      foreign  401     factor         set-up  no          no       no      no       no             yes       yes
resetBySupport         own      401     factor         set-up  no          no       no      no       no             yes       yes
resetBySupport         foreign  401     factor         set-up  no          no       no      no       no             yes       yes
listReports            -        401     factor         set-up  no          no       no      no       no             yes       yes
listSupportResets      -        401     factor         set-up  no          no       no      no       no             yes       yes
approveSupportReset    own      401     factor         set-up  no          no       no      no       no             yes       yes
approveSupportReset    foreign  401     factor         set-up  no          no       no      no       no             yes       yes
refuseSupportReset     own      401     factor         set-up  no          no       no      no       no             yes       yes
refuseSupportReset     foreign  401     factor         set-up  no          no       no      no       no             yes       yes
`;
