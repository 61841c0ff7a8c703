import { presets, publicApi, type OrganisationRole, type Policy } from '@cofactor/contracts';
import { z } from 'zod';
import type { Databases } from '../databases';
import {
  challenge,
  enrolApp,
  newEmail,
  offered,
  openPractice,
  password,
  signInWith,
  startSignIn,
  type Manager,
} from '../practice';
import type { Program } from '../program';
import type { Ids } from './callers';

export interface Registered {
  readonly token: string;
  readonly manager: Manager;
  readonly own: Ids;
  /** The token of a third session, and what a challenge of a sign-in is answered with. */
  readonly third: string;
  readonly unusedCode: string;
}

const none = 'none-of-this-kind';
/** What nobody has by themselves. */
const nothing: Ids = {
  organisationId: none,
  personId: none,
  signInId: none,
  challengeId: none,
  code: none,
  sessionId: none,
  credentialId: none,
  enrolmentId: none,
  emailEnrolmentId: none,
  resetId: none,
  resetToRefuseId: none,
  siteId: none,
  leaverId: none,
  lookUpId: none,
  caseId: none,
  supportResetId: none,
  supportResetToRefuseId: none,
};
/** The rules of both practices, in their second version. */
export const withApproval: Policy = { ...presets.healthcode, resetApproval: true };

const enrolmentReply = { status: 201, reply: z.looseObject({ enrolmentId: z.string() }) };

/** Somebody with an app, three sessions, and two set-ups begun; manager of a practice until they are given a place. */
export async function register(program: Program): Promise<Registered> {
  const manager = await openPractice(program);
  const { organisationId, personId } = manager;
  const { signInId, token: begun } = await startSignIn(program, manager);
  const { token, credentialId, recoveryCodes } = await enrolApp(program, begun);
  const [first = '', second = '', unusedCode = ''] = recoveryCodes;
  const other = await signInWith(program, manager, 'recovery-code', first);
  const third = await signInWith(program, manager, 'recovery-code', second);
  const { sessionId } = (await program.get('/v1/session', other)).as(publicApi.readSession);
  const ids = { ...nothing, organisationId, personId, signInId, sessionId, credentialId };
  const own = { ...ids, ...(await beginEnrolments(program, token)) };
  return { token, manager, own, third, unusedCode };
}

export async function beginEnrolments(program: Program, token: string) {
  const begin = async (type: string) =>
    (await program.post(`/v1/me/factors/${type}/enrolments`, { password }, { token })).as(enrolmentReply).enrolmentId;
  return { enrolmentId: await begin('totp'), emailEnrolmentId: await begin('email') };
}

/** Somebody who has set up nothing. */
export async function registerNewcomer(program: Program): Promise<Registered> {
  const manager = await openPractice(program);
  const { organisationId, personId } = manager;
  return { token: '', manager, own: { ...nothing, organisationId, personId }, third: '', unusedCode: '' };
}

/** A sign-in of theirs that waits for a recovery code. */
export async function withChallenge(program: Program, { manager, own, unusedCode }: Registered) {
  const started = await startSignIn(program, manager);
  const path = await challenge(program, started, offered(started, 'recovery-code'));
  const [challengeId = none] = path.split('/').slice(-2);
  return { token: started.token, own: { ...own, signInId: started.signInId, challengeId, code: unusedCode } };
}

/** A practice, as its manager makes it ready for the others. */
export class Practice {
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
  async add(email = newEmail(), role: OrganisationRole = 'member', siteIds: readonly string[] = []) {
    const body = { name: 'Dr Lee Park', email, roles: [role], siteIds };
    const { personId } = (await this.post('people', body)).as(publicApi.addPerson);
    return { personId, email };
  }

  async addSite(name: string): Promise<string> {
    return (await this.post('sites', { name })).as(publicApi.addSite).siteId;
  }

  /** From here on resets wait for a second administrator. */
  async askForApproval(): Promise<void> {
    const body = { version: 1, policy: withApproval };
    const changed = await this.program.send('PUT', `${this.path}/policy`, { token: this.manager.token, body });
    changed.as(publicApi.changePolicy);
  }

  /** A reset that somebody asked for themselves, and one of somebody new that an administrator asked for. */
  async waitingResets({ token }: Registered, administrator: Registered) {
    const own = await this.program.post('/v1/me/factors/reset', { password }, { token });
    const { personId } = await this.add();
    const body = { reason: 'The phone was stolen.', password };
    const asked = await this.program.post(`${this.path}/people/${personId}/resets`, body, administrator);
    return {
      resetId: own.as(publicApi.resetOwnFactors).resetId,
      resetToRefuseId: asked.as(publicApi.resetMember).resetId,
    };
  }

  private get path(): string {
    return `/v1/organisations/${this.organisationId}`;
  }

  private post(what: string, body: object) {
    return this.program.post(`${this.path}/${what}`, body, { token: this.manager.token });
  }
}

/** What somebody of support leaves behind for others: a look-up, a case with every step, and resets that wait. */
export class HelpDesk {
  constructor(
    private readonly program: Program,
    private readonly token: string,
  ) {}

  async openCase(practice: Practice): Promise<Pick<Ids, 'lookUpId' | 'caseId'>> {
    const { email } = await practice.add();
    const { lookUpId } = (await this.post('look-ups', { email })).as(publicApi.lookUpPerson);
    const { caseId } = (await this.post('cases', { lookUpId })).as(publicApi.openSupportCase);
    const path = `/v1/support/cases/${caseId}`;
    const { missing } = (await this.program.get(path, this.token)).as(publicApi.readSupportCase);
    for (const step of missing) {
      const recorded = await this.post(`cases/${caseId}/steps`, { step, note: 'Reception knows them.' });
      recorded.as(publicApi.recordSupportStep);
    }
    return { lookUpId, caseId };
  }

  async waitingResets(practice: Practice) {
    const [supportResetId, supportResetToRefuseId] = [await this.ask(practice), await this.ask(practice)];
    return { supportResetId, supportResetToRefuseId };
  }

  private async ask(practice: Practice): Promise<string> {
    const { caseId } = await this.openCase(practice);
    return (await this.post(`cases/${caseId}/reset`, { password })).as(publicApi.resetBySupport).resetId;
  }

  private post(what: string, body: object) {
    return this.program.post(`/v1/support/${what}`, body, { token: this.token });
  }
}

/** Of the few things that no request brings about, the rows that decisions are made from. */
export class Rows {
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
