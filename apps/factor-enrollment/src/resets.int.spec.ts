import { eventually, totpCode } from '@cofactor/testkit';
import {
  aContext,
  DyingVault,
  startTestFactorEnrollment,
  type TestFactorEnrollment,
} from './factor-enrollment.fixture';

let test: TestFactorEnrollment;
beforeAll(async () => {
  test = await startTestFactorEnrollment();
});
afterAll(() => test.stop());
beforeEach(() => (test.sessions.answers = true));

let people = 0;
const aPerson = (): string => `resetting-${++people}`;

async function enrolled(personId: string) {
  const starting = await test.statement(personId, 'enrol-factor');
  const request = { statement: starting, type: 'totp', accountLabel: 'sam@riverside.example', fields: {} } as const;
  const { enrolmentId, details } = await test.client.startEnrolment(request, aContext());
  const code = totpCode(String(details['secret']), test.clock.now().getTime());
  const statement = await test.statement(personId, 'confirm-enrolment');
  await test.client.confirmEnrolment({ statement, type: 'totp', enrolmentId, answer: { code } }, aContext());
}
async function reset(personId: string, client = test.client, key: string | null = null, actorId?: string) {
  const statement = await test.statement(personId, 'reset-factors', actorId === undefined ? {} : { actorId });
  return client.requestReset({ statement, explanation: 'Lost the phone on the way to work' }, aContext(key));
}
const held = (personId: string) => test.client.factorsOf({ personId }, aContext());
const types = async (personId: string) => (await test.factsOf(personId)).map(({ type }) => type);
const nothing = { factors: [], recoveryCodes: null, setUpOpen: true };

describe('a reset', () => {
  it('AX4: ends the sessions, clears factors and codes and destroys what the vault held of them', async () => {
    const personId = aPerson();
    await enrolled(personId);
    expect(await reset(personId)).toMatchObject({ status: 'done' });
    expect(test.sessions.ended).toContain(personId);
    expect(await held(personId)).toEqual(nothing);
    expect(await test.entriesOf(personId)).toBe(0);
    expect((await types(personId)).slice(-4)).toEqual([
      'reset.requested',
      'factor.revoked',
      'factor.revoked',
      'reset.done',
    ]);
  });

  it('HE10, I4: names who asked, and what they wrote stands nowhere in the clear', async () => {
    const personId = aPerson();
    await enrolled(personId);
    await reset(personId, test.client, null, 'amara');
    const done = (await test.factsOf(personId)).at(-1);
    expect(done).toMatchObject({
      type: 'reset.done',
      data: { requestedBy: 'amara', reason: 'administrator-request' },
      envelope: { actor: { kind: 'person', id: 'amara' }, subject: { kind: 'person', id: personId } },
    });
    expect(await test.everythingWritten()).not.toContain('Lost the phone');
  });

  it('§6.6: clears nothing while the sessions cannot be ended, and is finished when they can', async () => {
    const personId = aPerson();
    await enrolled(personId);
    test.sessions.answers = false;
    await expect(reset(personId)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await held(personId)).toMatchObject({ factors: [{ type: 'totp' }], setUpOpen: false });
    test.sessions.answers = true;
    const other = await test.replica({ reacts: true });
    await eventually(
      () => held(personId),
      ({ factors }) => factors.length === 0,
    );
    await eventually(
      () => test.entriesOf(personId),
      (entries) => entries === 0,
    );
    expect(await held(personId)).toEqual(nothing);
    expect((await types(personId)).filter((type) => type === 'reset.done')).toHaveLength(1);
    await other.close();
  });

  it('§6.6: that died before the vault is finished by a reaction', async () => {
    const personId = aPerson();
    await enrolled(personId);
    const dying = await test.replica({ vault: DyingVault });
    await expect(reset(personId, dying.client)).rejects.toMatchObject({ code: 'internal' });
    expect(await test.entriesOf(personId)).toBe(2);
    const other = await test.replica({ reacts: true });
    await eventually(
      () => test.entriesOf(personId),
      (entries) => entries === 0,
    );
    await Promise.all([dying.close(), other.close()]);
  });

  it('§6.10: the same key again is the same reset, done once', async () => {
    const personId = aPerson();
    await enrolled(personId);
    const first = await reset(personId, test.client, 'key-1');
    const again = await reset(personId, test.client, 'key-1');
    expect(again).toEqual(first);
    expect(again.positions).toEqual([`factors-${personId}@${(await test.factsOf(personId)).length}`]);
    expect((await types(personId)).filter((type) => type === 'reset.done')).toHaveLength(1);
  });
});
