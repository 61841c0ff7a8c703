import { eventually, totpCode } from '@cofactor/testkit';
import {
  aContext,
  DyingVault,
  policies,
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

describe('BX5: a reset that waits for a second administrator', () => {
  const asking = policies({ resetApproval: true });
  const request = async (personId: string, key: string | null = null, actorId = 'amara', client = test.client) => {
    const statement = await test.statement(personId, 'reset-factors', { actorId, policies: asking });
    return client.requestReset({ statement, explanation: 'Lost the phone on the way to work' }, aContext(key));
  };
  const decide = async (
    decision: 'approve' | 'refuse',
    reset: { personId: string; resetId: string },
    actorId = 'lee',
    client = test.client,
  ) => {
    const whose = { actorId, policies: asking, resetId: reset.resetId, organisationId: 'practice-1' };
    const statement = await test.statement(reset.personId, 'decide-reset', whose);
    return client.decideReset({ statement, decision }, aContext());
  };
  const waiting = async () => {
    const personId = aPerson();
    await enrolled(personId);
    const { resetId } = await request(personId);
    return { personId, resetId };
  };
  const listed = async () =>
    (await test.client.listWaitingResets({ organisationId: 'practice-1' }, aContext())).resets.map(
      ({ resetId }) => resetId,
    );
  const ofResets = async (personId: string) => (await types(personId)).filter((type) => type.startsWith('reset.'));
  const outcome = (promise: Promise<{ status: string }>) =>
    promise.then(
      ({ status }) => status,
      ({ code }: { code: string }) => code,
    );

  it('ends no session and clears nothing before the approval, and all of it with it', async () => {
    const personId = aPerson();
    await enrolled(personId);
    const asked = await request(personId, 'waiting-1');
    expect(asked).toMatchObject({ status: 'waiting', expiresAt: '2026-03-02T09:30:10.000Z' });
    expect(await request(personId, 'waiting-1')).toMatchObject({ resetId: asked.resetId, status: 'waiting' });
    expect(test.sessions.ended).not.toContain(personId);
    expect(await held(personId)).toMatchObject({ factors: [{ type: 'totp' }], setUpOpen: false });
    expect(await listed()).toContain(asked.resetId);
    test.clock.advance(3600);
    expect(await decide('approve', { personId, resetId: asked.resetId })).toMatchObject({ status: 'done' });
    expect(test.sessions.endedBy.get(personId)).toBe('2026-03-01T10:30:10.000Z');
    expect(await held(personId)).toEqual(nothing);
    expect(await test.entriesOf(personId)).toBe(0);
    expect(await listed()).not.toContain(asked.resetId);
    expect(await ofResets(personId)).toEqual(['reset.requested', 'reset.approved', 'reset.done']);
    expect((await test.factsOf(personId)).at(-1)).toMatchObject({ data: { requestedBy: 'amara', approvedBy: 'lee' } });
  });

  it('is one when two administrators ask at once, and either may approve what the other asked for', async () => {
    const personId = aPerson();
    await enrolled(personId);
    const other = await test.replica();
    const asked = await Promise.all([request(personId), request(personId, null, 'lee', other.client)]);
    expect(new Set(asked.map(({ resetId }) => resetId)).size).toBe(1);
    expect(await ofResets(personId)).toEqual(['reset.requested']);
    await other.close();
  });

  it('approved and refused at once ends one way, approved twice at once is done once', async () => {
    const other = await test.replica();
    const both = await waiting();
    const ends = await Promise.all([
      outcome(decide('approve', both)),
      outcome(decide('refuse', both, 'robin', other.client)),
    ]);
    expect([
      ['done', 'reset-closed'],
      ['reset-closed', 'refused'],
    ]).toContainEqual(ends);
    const twice = await waiting();
    const approvals = [decide('approve', twice), decide('approve', twice, 'robin', other.client)];
    expect(await Promise.all(approvals.map(outcome))).toEqual(['done', 'done']);
    expect(await ofResets(twice.personId)).toEqual(['reset.requested', 'reset.approved', 'reset.done']);
    await other.close();
  });

  it('§6.6: approved when its process died is finished by a reaction, and not before the sessions have ended', async () => {
    const reset = await waiting();
    test.sessions.answers = false;
    await expect(decide('approve', reset)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await held(reset.personId)).toMatchObject({ factors: [{ type: 'totp' }] });
    test.sessions.answers = true;
    const other = await test.replica({ reacts: true });
    await eventually(
      () => held(reset.personId),
      ({ factors }) => factors.length === 0,
    );
    expect(await ofResets(reset.personId)).toEqual(['reset.requested', 'reset.approved', 'reset.done']);
    await other.close();
  });

  it('expires at its last moment: as a fact for whoever approves then, and by itself where nobody comes', async () => {
    const [late, left] = [await waiting(), await waiting()];
    test.clock.advance(86_400);
    expect(await listed()).not.toContain(late.resetId);
    expect(await outcome(decide('approve', late))).toBe('reset-closed');
    expect(await ofResets(late.personId)).toEqual(['reset.requested', 'reset.expired']);
    const other = await test.replica();
    await eventually(
      () => ofResets(left.personId),
      (facts) => facts.includes('reset.expired'),
    );
    expect((await test.factsOf(left.personId)).at(-1)).toMatchObject({
      envelope: { organisationIds: ['practice-1'], actor: { kind: 'service', id: 'factor-enrollment' } },
    });
    expect(await held(left.personId)).toMatchObject({ factors: [{ type: 'totp' }] });
    await other.close();
  });

  it('needs a statement for this very reset', async () => {
    const reset = await waiting();
    const statement = await test.statement(reset.personId, 'decide-reset', { actorId: 'lee', policies: asking });
    await expect(test.client.decideReset({ statement, decision: 'approve' }, aContext())).rejects.toMatchObject({
      code: 'statement-refused',
    });
    const asked = await test.statement(reset.personId, 'reset-factors', { actorId: 'lee', policies: asking });
    await expect(test.client.decideReset({ statement: asked, decision: 'approve' }, aContext())).rejects.toMatchObject({
      code: 'statement-refused',
    });
  });
});
