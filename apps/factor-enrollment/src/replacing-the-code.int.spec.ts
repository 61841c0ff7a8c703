import { presets, type Statement } from '@cofactor/contracts';
import { totpCode } from '@cofactor/testkit';
import { aContext, startTestFactorEnrollment, type TestFactorEnrollment } from './factor-enrollment.fixture';

let test: TestFactorEnrollment;
beforeAll(async () => {
  test = await startTestFactorEnrollment();
});
afterAll(() => test.stop());

const policies = [{ organisationId: 'practice-1', version: 1, policy: presets.healthie }];
let people = 0;

/** Someone with an app and the one code that came with it. */
async function someone() {
  const personId = `person-${++people}`;
  const enrolling = await test.statement(personId, 'enrol-factor', { policies });
  const app = { statement: enrolling, type: 'totp', accountLabel: 'sam@riverside.example', fields: {} } as const;
  const { enrolmentId, details } = await test.client.startEnrolment(app, aContext());
  const statement = await test.statement(personId, 'confirm-enrolment', { policies });
  const code = totpCode(String(details['secret']), test.clock.now().getTime());
  const confirmation = { statement, type: 'totp', enrolmentId, answer: { code } } as const;
  const { recoveryCodes } = await test.client.confirmEnrolment(confirmation, aContext());
  const held = (await test.client.factorsOf({ personId }, aContext())).recoveryCodes;
  return { personId, recoveryCodes, used: held?.credentialId ?? '' };
}
const replacing = async (personId: string, used: string | null, differing: Partial<Statement> = {}) => {
  const stated = { policies, credentialId: used, assurance: null, ...differing };
  const statement = await test.statement(personId, 'replace-recovery-code', stated);
  return test.client.replaceRecoveryCode({ statement }, aContext());
};

describe('the one backup code', () => {
  it('HE4: is replaced by a new one after its use, and is dead at once', async () => {
    const { personId, recoveryCodes, used } = await someone();
    expect(recoveryCodes).toHaveLength(1);
    const replaced = await replacing(personId, used);
    expect(replaced.recoveryCodes).toHaveLength(1);
    expect(replaced.recoveryCodes).not.toEqual(recoveryCodes);
    const held = (await test.client.factorsOf({ personId }, aContext())).recoveryCodes;
    expect(held).toMatchObject({ count: 1 });
    expect(held?.credentialId).not.toBe(used);
    expect(await test.secrets.open(used)).toBeNull();
    expect(await test.secrets.open(held?.credentialId ?? '')).toMatchObject({ state: 'active' });
  });

  it('I2: is replaced once, however often that is asked, at the same time too', async () => {
    const { personId, used } = await someone();
    const replies = await Promise.all([replacing(personId, used), replacing(personId, used)]);
    expect(replies.filter(({ recoveryCodes }) => recoveryCodes !== null)).toHaveLength(1);
    expect((await replacing(personId, used)).recoveryCodes).toBeNull();
    const issued = (await test.factsOf(personId)).filter(({ type }) => type === 'recovery-codes.issued');
    expect(issued).toHaveLength(2);
  });

  it('is not replaced for one that is not held, or that nobody named', async () => {
    const { personId, used } = await someone();
    const other = await someone();
    expect((await replacing(personId, other.used)).recoveryCodes).toBeNull();
    await expect(replacing(personId, null)).rejects.toMatchObject({ code: 'statement-refused' });
    expect((await test.client.factorsOf({ personId }, aContext())).recoveryCodes?.credentialId).toBe(used);
  });

  it('is replaced by identity’s word for just that', async () => {
    const { personId, used } = await someone();
    const statement = await test.statement(personId, 'read-factors', { policies, credentialId: used });
    await expect(test.client.replaceRecoveryCode({ statement }, aContext())).rejects.toMatchObject({
      code: 'statement-refused',
    });
  });
});
