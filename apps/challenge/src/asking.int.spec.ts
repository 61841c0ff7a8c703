import { MemoryPendingChallenges } from './adapters/pending-challenges.memory';
import { aContext, startTestChallenge, type TestChallenge } from './challenge.fixture';
import { People } from './people.fixture';

let test: TestChallenge;
let people: People;
beforeAll(async () => {
  test = await startTestChallenge();
  people = new People(test);
});
afterAll(() => test.stop());

describe('asking for a code', () => {
  it('a sign-in may have several challenges, each of its own', async () => {
    const app = await test.enrolled('totp');
    const [one, other] = [await people.issue(app), await people.issue(app)];
    expect(one.challengeId).not.toBe(other.challengeId);
    await expect(people.answer(app, one.challengeId, people.codeOf(app))).resolves.toBeDefined();
    await expect(people.answer(app, other.challengeId, people.codeOf(app, 30))).resolves.toBeDefined();
  });

  it('says until when, and from when it may be asked for again', async () => {
    const app = await test.enrolled('totp');
    const now = test.clock.now().getTime();
    expect(await people.issue(app)).toMatchObject({
      type: 'totp',
      hint: 'Authenticator app',
      expiresAt: new Date(now + 600_000).toISOString(),
      resendAt: new Date(now + 30_000).toISOString(),
    });
  });

  it('again is too early for 30 seconds; then it is the same challenge with the same end', async () => {
    const app = await test.enrolled('totp');
    const first = await people.issue(app);
    test.clock.advance(12);
    const tooEarly = { code: 'too-early-to-resend', extras: { retryAfter: 18 } };
    await expect(people.issue(app, first.challengeId)).rejects.toMatchObject(tooEarly);
    test.clock.advance(18);
    const again = await people.issue(app, first.challengeId);
    expect(again).toMatchObject({ challengeId: first.challengeId, expiresAt: first.expiresAt });
    expect(again.resendAt).not.toBe(first.resendAt);
    await expect(people.issue(app, first.challengeId)).rejects.toMatchObject({ code: 'too-early-to-resend' });
  });

  it('again of a challenge that is lost, of another credential, sign-in or person is refused alike', async () => {
    const app = await test.enrolled('totp');
    const { personId, credentialId } = app;
    const authority = { kind: 'sign-in', id: 'sign-in-2' } as const;
    const elsewhere = { statement: await test.statement(personId, { authority }), credentialId, challengeId: null };
    const others = [
      'never-issued',
      (await people.issue(await test.enrolled('totp', { personId }))).challengeId,
      (await test.client.issueChallenge(elsewhere, aContext())).challengeId,
      (await people.issue(await test.enrolled('totp'))).challengeId,
    ];
    test.clock.advance(30);
    for (const challengeId of others) {
      await expect(people.issue(app, challengeId)).rejects.toMatchObject({ code: 'code-expired' });
    }
  });

  it('is refused beyond 20 that are open, and says how long to wait; to ask for one again takes no other place', async () => {
    const app = await test.enrolled('totp');
    const codes = await test.enrolled('recovery-code', { personId: app.personId });
    const first = await people.issue(app);
    test.clock.advance(40);
    await people.issue(app, first.challengeId);
    for (let others = 1; others <= 18; others += 1) await people.issue(app);
    const last = await people.issue(codes);
    const elsewhere = await test.replica();
    const refused = { code: 'too-many-attempts', extras: { retryAfter: 560 } };
    await expect(people.issue(app)).rejects.toMatchObject(refused);
    await expect(people.issue(codes, null, elsewhere)).rejects.toMatchObject(refused);
    test.clock.advance(30);
    await expect(people.issue(codes, last.challengeId)).resolves.toMatchObject({ challengeId: last.challengeId });
    await expect(people.answer(app, first.challengeId, people.codeOf(app))).resolves.toBeDefined();
    expect(await test.eventsOf(codes.credentialId)).toHaveLength(2);
    const statement = await test.statement(app.personId, { authority: { kind: 'sign-in', id: 'another' } });
    const request = { statement, credentialId: app.credentialId, challengeId: null };
    await expect(test.client.issueChallenge(request, aContext())).resolves.toBeDefined();
    test.clock.advance(530);
    await expect(people.issue(app)).resolves.toBeDefined();
  });

  it('that fails costs no place', async () => {
    const app = await test.enrolled('totp');
    await people.guess(app, 100);
    for (let tries = 1; tries <= 20; tries += 1)
      await expect(people.issue(app)).rejects.toMatchObject({ code: 'credential-disabled' });
    const codes = await test.enrolled('recovery-code', { personId: app.personId });
    await expect(people.issue(codes)).resolves.toBeDefined();
  });

  it('I3: challenges that were lost fail the sign-in and pass none', async () => {
    const app = await test.enrolled('totp');
    const { challengeId } = await people.issue(app);
    const flushed = await test.replica({ pendingChallenges: new MemoryPendingChallenges(test.clock) });
    await expect(people.answer(app, challengeId, people.codeOf(app), flushed)).rejects.toMatchObject({
      code: 'code-expired',
    });
  });
});
