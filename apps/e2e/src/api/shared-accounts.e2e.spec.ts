import { presets, publicApi, type Policy } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { textsTo } from './outbox';
import { addColleague, enrolledManager, newPractice, password, readAudit, startSignIn, type Manager } from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;
beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const refusing: Partial<Policy> = { genericAccounts: 'refused', genericNames: ['reception'] };
const started = { status: 201, reply: z.looseObject({ enrolmentId: z.string() }) };

/** A practice that refuses shared accounts, whose manager has an app. */
async function refusingPractice() {
  const { manager, token } = await enrolledManager(program);
  const path = `/v1/organisations/${manager.organisationId}`;
  const body = { version: 1, policy: { ...presets.healthcode, ...refusing } };
  expect((await program.send('PUT', `${path}/policy`, { token, body })).status).toBe(200);
  return { manager, token, path };
}
type Practice = Awaited<ReturnType<typeof refusingPractice>>;

/** Somebody who works there. */
async function colleague({ manager, token }: Practice): Promise<Manager & { readonly token: string }> {
  const member = await addColleague(program, { ...manager, token });
  return { ...member, token: (await startSignIn(program, member)).token };
}
const list = async ({ path, token }: Practice) =>
  (await program.get(`${path}/shared-accounts`, token)).as(publicApi.listSharedAccounts).accounts;
const decide = ({ path, token }: Practice, personId: string, body: object) =>
  program.send('PUT', `${path}/people/${personId}/shared-account`, { token, body });
const startApp = (token: string) => program.post('/v1/me/factors/totp/enrolments', { password }, { token });

async function withNumber(token: string, number: string): Promise<void> {
  const begun = await program.post('/v1/me/factors/sms/enrolments', { password, number, country: 'GB' }, { token });
  const { enrolmentId } = begun.as(started);
  const [text = ''] = await textsTo(program, number);
  const code = / #(\d{6})$/.exec(text)?.[1];
  const path = `/v1/me/factors/sms/enrolments/${enrolmentId}/confirmation`;
  expect((await program.post(path, { code }, { token })).status).toBe(201);
}

describe('shared accounts', () => {
  it('AX6 HE13: one that an administrator marks sets up nothing and is not reset, and is told what to do', async () => {
    const practice = await refusingPractice();
    const member = await colleague(practice);
    const marked = await decide(practice, member.personId, { shared: true, reason: 'Used at the front desk' });
    expect(marked.outcome).toBe('204');
    expect(await list(practice)).toMatchObject([
      {
        personId: member.personId,
        decision: { shared: true, by: practice.manager.personId, reason: 'Used at the front desk' },
        shared: true,
        refused: true,
      },
    ]);
    const enrolment = await startApp(member.token);
    expect(enrolment.outcome).toBe('403 generic-account');
    expect(enrolment.problem.detail).toContain('an account of your own');
    const own = await program.post('/v1/me/factors/reset', { password }, { token: member.token });
    expect(own.outcome).toBe('403 generic-account');
    const path = `${practice.path}/people/${member.personId}/resets`;
    const reset = await program.post(path, { reason: 'The phone was stolen.', password }, { token: practice.token });
    expect(reset.outcome).toBe('403 generic-account');
    expect(reset.problem.detail).toContain('an account of their own');

    expect((await decide(practice, member.personId, { shared: false })).outcome).toBe('204');
    expect((await startApp(member.token)).outcome).toBe('201');
    const records = await eventually(
      () => readAudit(program, practice.manager, practice.token),
      (found) => found.some(({ type, reason }) => type === 'shared-account.decided' && reason === 'personal'),
    );
    expect(records.filter(({ type }) => type === 'factor-change.refused')).toMatchObject([
      { reason: 'generic-account', outcome: 'refused', subject: { id: member.personId } },
    ]);
    expect(JSON.stringify(records)).not.toContain('front desk');
  });

  it('AX6: nobody decides about the account that they use', async () => {
    const practice = await refusingPractice();
    expect((await decide(practice, practice.manager.personId, { shared: false })).outcome).toBe('403 not-allowed');
  });

  it('HE13: one with the name of a shared account sets up nothing where the preset refuses such accounts', async () => {
    const email = `reception-${randomInt(1_000_000)}@practice.example`;
    const created = await program.post('/v1/organisations', newPractice('accurx', email));
    const manager = { ...created.as(publicApi.createOrganisation), email, password };
    const { token } = await startSignIn(program, manager);
    expect((await startApp(token)).outcome).toBe('403 generic-account');
  });

  it('AX6: a number that people of two practices use is noticed at both, as a fact, and refuses nothing', async () => {
    const [one, other] = [await refusingPractice(), await refusingPractice()];
    const number = `+447400${String(randomInt(1_000_000)).padStart(6, '0')}`;
    await withNumber(one.token, number);
    await withNumber(other.token, number);
    for (const practice of [one, other]) {
      const [account] = await eventually(
        () => list(practice),
        (accounts) => accounts.length > 0,
      );
      expect(account).toMatchObject({
        personId: practice.manager.personId,
        signs: ['phone-number'],
        decision: null,
        refused: false,
      });
      const records = await eventually(
        () => readAudit(program, practice.manager, practice.token),
        (found) => found.some(({ type }) => type === 'shared-account.suspected'),
      );
      expect(records.filter(({ type }) => type === 'shared-account.suspected')).toMatchObject([
        { reason: 'phone-number', subject: { id: practice.manager.personId } },
      ]);
      expect((await startApp(practice.token)).outcome).toBe('201');
    }
  });
});
