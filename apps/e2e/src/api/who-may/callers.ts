import type { Databases } from '../databases';
import { startSignIn } from '../practice';
import type { Program } from '../program';
import type { CallerName } from './rows';
import {
  beginEnrolments,
  HelpDesk,
  Practice,
  register,
  registerNewcomer,
  Rows,
  withChallenge,
  type Registered,
} from './staging';

/** The ids that stand in addresses and bodies. */
export interface Ids {
  readonly organisationId: string;
  readonly personId: string;
  readonly signInId: string;
  readonly challengeId: string;
  readonly sessionId: string;
  readonly credentialId: string;
  /** Of an authenticator app and of an email code, started and not confirmed. */
  readonly enrolmentId: string;
  readonly emailEnrolmentId: string;
  /** What answers `challengeId`. */
  readonly code: string;
  /** Two that wait for a second administrator. */
  readonly resetId: string;
  readonly resetToRefuseId: string;
  /** To which somebody belongs. */
  readonly siteId: string;
  /** Somebody whom nobody misses. */
  readonly leaverId: string;
  /** Of support: a look-up; a case with every step recorded; and two resets that wait for a second person. */
  readonly lookUpId: string;
  readonly caseId: string;
  readonly supportResetId: string;
  readonly supportResetToRefuseId: string;
}

export interface Caller {
  /** None for nobody. */
  readonly token: string | undefined;
  readonly own: Ids;
  /** What belongs to somebody else. */
  readonly foreign: Ids;
  /** Another session or sign-in of theirs, for each endpoint whose answer ends it. */
  readonly apart: Readonly<Record<string, Pick<Caller, 'token' | 'own'>>>;
}

/** A practice with somebody of each role, and a stranger with a practice of their own. */
export type Cast = ReadonlyMap<CallerName, Caller>;

export const siteName = 'Upstairs';

/** Everybody of the table, each signed in as far as their column says. */
export async function gather(program: Program, databases: Databases): Promise<Cast> {
  const one = () => register(program);
  const sessions = await Promise.all([one(), one(), one(), one(), one(), one(), one()]);
  const [patient, member, analyst, administrator, operator, support, oneFactor] = sessions;
  const [colleague, stranger, neighbour, otherStranger] = await Promise.all([one(), one(), one(), one()]);
  const [waiting, newcomer] = await Promise.all([one(), registerNewcomer(program)]);
  // What ends sessions when a factor is set up is over before the rows are written.
  await databases.settled();
  const rows = new Rows(databases);
  const elm = new Practice(program, administrator, rows);
  const oak = new Practice(program, stranger, rows);
  const [siteId, foreignSiteId] = [await elm.addSite(siteName), await oak.addSite(siteName)];
  await elm.takeIn(patient, 'patient');
  await elm.takeIn(member, 'member');
  await elm.takeIn(analyst, 'analyst');
  await elm.takeIn(colleague, 'member', [siteId]);
  for (const person of [oneFactor, waiting, newcomer]) await elm.takeIn(person, 'administrator');
  await oak.takeIn(neighbour, 'member', [foreignSiteId]);
  await oak.takeIn(otherStranger, 'administrator');
  await elm.askForApproval();
  await oak.askForApproval();
  await rows.operator(operator.own.personId);
  await rows.support(support.own.personId);
  await rows.oneFactor(oneFactor.own.personId);
  // A practice that does not enforce it asks nobody for a set-up; the operator can ask one person.
  const flag = `/v1/people/${newcomer.own.personId}/second-factor`;
  await program.send('PUT', flag, { token: operator.token, body: { required: true } });

  // Whatever the operator or support is to agree to, the other one asks for.
  const [ofOperator, ofSupport] = [new HelpDesk(program, operator.token), new HelpDesk(program, support.token)];
  const supported = async (practice: Practice, own: HelpDesk, other: HelpDesk) => ({
    ...(await own.openCase(practice)),
    ...(await other.waitingResets(practice)),
  });
  // Ids of the practice, of somebody in it and of support's; all others are the caller's own.
  const here = {
    organisationId: elm.organisationId,
    personId: colleague.own.personId,
    siteId,
    ...(await elm.waitingResets(colleague, waiting)),
    ...(await supported(elm, ofSupport, ofOperator)),
  };
  const foreign = {
    ...(await withChallenge(program, stranger)).own,
    personId: neighbour.own.personId,
    siteId: foreignSiteId,
    leaverId: (await oak.add()).personId,
    ...(await oak.waitingResets(neighbour, otherStranger)),
    ...(await supported(oak, ofSupport, ofOperator)),
  };
  const settled = ({ token, own, third }: Registered): Caller => {
    const ids = { ...own, ...here };
    return { token, own: ids, foreign, apart: { resetOwnFactors: { token: third, own: ids } } };
  };
  const withLeaver = async (caller: Caller): Promise<Caller> => {
    const { personId: leaverId } = await elm.add();
    return { ...caller, own: { ...caller.own, leaverId } };
  };
  const unfinished = async ({ manager, own }: Registered): Promise<Caller> => {
    const begin = async () => {
      const { token, signInId } = await startSignIn(program, manager);
      return { token, own: { ...own, ...here, signInId } };
    };
    return { ...(await begin()), foreign, apart: { resetOwnFactors: await begin() } };
  };
  const [atSecondFactor, atSetUp] = [await unfinished(waiting), await unfinished(newcomer)];
  const begun = await beginEnrolments(program, atSetUp.token ?? '');
  const ofTheOperator = await withLeaver(settled(operator));
  return new Map<CallerName, Caller>([
    ['nobody', { token: undefined, own: { ...colleague.own, ...here }, foreign, apart: {} }],
    [
      'second-factor',
      { ...atSecondFactor, apart: { ...atSecondFactor.apart, answerChallenge: await withChallenge(program, waiting) } },
    ],
    ['set-up', { ...atSetUp, own: { ...atSetUp.own, ...begun } }],
    ['one-factor', settled(oneFactor)],
    ['patient', settled(patient)],
    ['member', settled(member)],
    ['analyst', settled(analyst)],
    ['administrator', await withLeaver(settled(administrator))],
    [
      'operator',
      {
        ...ofTheOperator,
        own: { ...ofTheOperator.own, ...(await supported(elm, ofOperator, ofSupport)) },
        foreign: { ...foreign, ...(await supported(oak, ofOperator, ofSupport)) },
      },
    ],
    ['support', settled(support)],
  ]);
}
