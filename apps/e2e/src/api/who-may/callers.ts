import { presets, publicApi, type OrganisationRole, type Policy } from '@cofactor/contracts';
import { z } from 'zod';
import type { Databases } from '../databases';
import { answer, challenge, enrolApp, newEmail, openPractice, password, startSignIn, type Manager } from '../practice';
import type { Program } from '../program';
import type { CallerName } from './rows';

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
  /** One that waits for a second administrator. */
  readonly resetId: string;
  /** To which somebody belongs. */
  readonly siteId: string;
  /** Somebody whom nobody misses. */
  readonly leaverId: string;
}

export interface Caller {
  /** None for nobody. */
  readonly token: string | undefined;
  readonly own: Ids;
}

interface Registered {
  readonly token: string;
  readonly manager: Manager;
  readonly own: Ids;
}

/** A practice with somebody of each role, and a stranger with a practice of their own. */
export interface Cast {
  readonly callers: ReadonlyMap<CallerName, Caller>;
  readonly foreign: Ids;
}

const none = 'none-of-this-kind';
/** What only places in a practice bring. */
const nothing = { resetId: none, siteId: none, leaverId: none };
export const siteName = 'Upstairs';
/** The rules of both practices, in their second version. */
export const withApproval: Policy = { ...presets.healthcode, resetApproval: true };

const enrolmentReply = { status: 201, reply: z.looseObject({ enrolmentId: z.string() }) };

/** Somebody with an app, two sessions, and two set-ups begun; manager of a practice until they are given a place. */
async function register(program: Program): Promise<Registered> {
  const manager = await openPractice(program);
  const started = await startSignIn(program, manager);
  const { token, credentialId, recoveryCodes } = await enrolApp(program, started.token);
  const again = await startSignIn(program, manager);
  const other = await answer(program, again, 'recovery-code', recoveryCodes[0] ?? '');
  const { token: otherToken = '' } = other.as(publicApi.answerChallenge);
  const { sessionId } = (await program.get('/v1/session', otherToken)).as(publicApi.readSession);
  const { organisationId, personId } = manager;
  const begun = { signInId: started.signInId, challengeId: none, ...nothing };
  const ids = { organisationId, personId, credentialId, sessionId, ...begun };
  return { token, manager, own: { ...ids, ...(await beginEnrolments(program, token)) } };
}

async function beginEnrolments(program: Program, token: string) {
  const begin = async (type: string) =>
    (await program.post(`/v1/me/factors/${type}/enrolments`, { password }, { token })).as(enrolmentReply).enrolmentId;
  return { enrolmentId: await begin('totp'), emailEnrolmentId: await begin('email') };
}

/** Somebody who has set up nothing. */
async function registerNewcomer(program: Program): Promise<Registered> {
  const manager = await openPractice(program);
  const { organisationId, personId } = manager;
  const missing = { credentialId: none, sessionId: none, enrolmentId: none, emailEnrolmentId: none, ...nothing };
  const own = { organisationId, personId, signInId: none, challengeId: none, ...missing };
  return { token: '', manager, own };
}

/** A sign-in of theirs waits for a code. */
async function withChallenge(program: Program, { manager, own }: Registered): Promise<Ids> {
  const started = await startSignIn(program, manager);
  const [challengeId = none] = (await challenge(program, started, own.credentialId)).split('/').slice(-2);
  return { ...own, signInId: started.signInId, challengeId };
}

/** A practice, as its manager makes it ready for the others. */
class Practice {
  constructor(
    private readonly program: Program,
    private readonly manager: Registered,
    private readonly rows: Rows,
  ) {}

  get organisationId(): string {
    return this.manager.own.organisationId;
  }

  /** Gives a place to somebody who has one elsewhere: only whoever looks after both practices may. */
  async takeIn({ manager, own }: Registered, role: OrganisationRole, siteIds: readonly string[] = []): Promise<void> {
    const both = [this.manager.own.personId, own.organisationId] as const;
    await this.rows.administrator(...both);
    await this.add(manager.email, role, siteIds);
    await this.rows.leaver(...both);
  }

  /** Gives a place to somebody new. */
  async add(email: string, role: OrganisationRole, siteIds: readonly string[] = []): Promise<string> {
    const reply = await this.post('people', { name: 'Dr Lee Park', email, roles: [role], siteIds });
    return reply.as(publicApi.addPerson).personId;
  }

  async addSite(name: string): Promise<string> {
    return (await this.post('sites', { name })).as(publicApi.addSite).siteId;
  }

  /** Lets it ask for a second administrator, and somebody of it for a reset; answers its id. */
  async waitingReset({ token }: Registered): Promise<string> {
    const body = { version: 1, policy: withApproval };
    await this.program.send('PUT', `${this.path}/policy`, { token: this.manager.token, body });
    const asked = await this.program.post('/v1/me/factors/reset', { password }, { token });
    return asked.as(publicApi.resetOwnFactors).resetId;
  }

  private get path(): string {
    return `/v1/organisations/${this.organisationId}`;
  }

  private post(what: string, body: object) {
    return this.program.post(`${this.path}/${what}`, body, { token: this.manager.token });
  }
}

/** Of the few things that no request brings about, the rows that decisions are made from. */
class Rows {
  constructor(private readonly databases: Databases) {}

  async operator(personId: string): Promise<void> {
    await this.databases.rows('identity', 'INSERT INTO operators (person_id) VALUES ($1)', [personId]);
  }

  async administrator(personId: string, organisationId: string): Promise<void> {
    const sql = `INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, '{administrator}')`;
    await this.databases.rows('identity', sql, [personId, organisationId]);
  }

  async leaver(personId: string, organisationId: string): Promise<void> {
    const sql = 'DELETE FROM memberships WHERE person_id = $1 AND organisation_id = $2';
    await this.databases.rows('identity', sql, [personId, organisationId]);
  }

  async support(personId: string): Promise<void> {
    await this.databases.rows('identity', 'INSERT INTO support_staff (person_id) VALUES ($1)', [personId]);
  }

  /** As a session is that was opened before its account had a factor, and has not been ended yet. */
  async oneFactor(personId: string): Promise<void> {
    const sql = `UPDATE sessions SET level = 'aal1', amr = '{pwd}' WHERE person_id = $1`;
    await this.databases.rows('identity', sql, [personId]);
  }
}

/** Everybody of the table, each signed in as far as their column says. */
export async function gather(program: Program, databases: Databases): Promise<Cast> {
  const one = () => register(program);
  const sessions = await Promise.all([one(), one(), one(), one(), one(), one(), one()]);
  const [patient, member, analyst, administrator, operator, support, oneFactor] = sessions;
  const [colleague, stranger, neighbour] = await Promise.all([one(), one(), one()]);
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
  await rows.operator(operator.own.personId);
  await rows.support(support.own.personId);
  await rows.oneFactor(oneFactor.own.personId);
  // A practice that does not enforce it asks nobody for a set-up; the operator can ask one person.
  const flag = `/v1/people/${newcomer.own.personId}/second-factor`;
  await program.send('PUT', flag, { token: operator.token, body: { required: true } });
  // Ids of the practice and of somebody in it; all others are the caller's own.
  const resetId = await elm.waitingReset(colleague);
  const here = { organisationId: elm.organisationId, personId: colleague.own.personId, resetId, siteId };
  const withLeaver = async ({ token, own }: Caller): Promise<Caller> => ({
    token,
    own: { ...own, leaverId: await elm.add(newEmail(), 'member') },
  });
  const settled = ({ token, own }: Registered): Caller => ({ token, own: { ...own, ...here } });
  const unfinished = async ({ manager, own }: Registered): Promise<Caller> => {
    const { token, signInId } = await startSignIn(program, manager);
    return { token, own: { ...own, ...here, signInId } };
  };
  const [atSecondFactor, atSetUp] = [await unfinished(waiting), await unfinished(newcomer)];
  const begun = await beginEnrolments(program, atSetUp.token ?? '');
  const foreign = {
    ...(await withChallenge(program, stranger)),
    resetId: await oak.waitingReset(neighbour),
    siteId: foreignSiteId,
    leaverId: stranger.own.personId,
  };
  return {
    foreign,
    callers: new Map<CallerName, Caller>([
      ['nobody', { token: undefined, own: { ...colleague.own, ...here } }],
      ['second-factor', atSecondFactor],
      ['set-up', { ...atSetUp, own: { ...atSetUp.own, ...begun } }],
      ['one-factor', settled(oneFactor)],
      ['patient', settled(patient)],
      ['member', settled(member)],
      ['analyst', settled(analyst)],
      ['administrator', await withLeaver(settled(administrator))],
      ['operator', await withLeaver(settled(operator))],
      ['support', settled(support)],
    ]),
  };
}
