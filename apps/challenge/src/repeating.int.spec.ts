import { aContext, startTestChallenge, type TestChallenge } from './challenge.fixture';
import { People, recoveryCodesOf } from './people.fixture';

let test: TestChallenge;
let people: People;
beforeAll(async () => {
  test = await startTestChallenge();
  people = new People(test);
});
afterAll(() => test.stop());
/** Statements and steps of the next test are new ones. */
beforeEach(() => test.clock.advance(90));

describe('§6.3: the vault is asked at every answer', () => {
  it('a factor that is not confirmed yet cannot be challenged (authentik #2330)', async () => {
    const { personId, credentialId } = await test.enrolled('totp', { state: 'pending' });
    const request = { statement: await test.statement(personId), credentialId, challengeId: null };
    await expect(test.client.issueChallenge(request, aContext())).rejects.toMatchObject({ code: 'not-found' });
  });

  it('nor can a factor of somebody else', async () => {
    const [own, others] = [await test.enrolled('totp'), await test.enrolled('totp')];
    const request = {
      statement: await test.statement(own.personId),
      credentialId: others.credentialId,
      challengeId: null,
    };
    await expect(test.client.issueChallenge(request, aContext())).rejects.toMatchObject({ code: 'not-found' });
  });

  it('the step that confirmed the enrolment does not sign in', async () => {
    const step = Math.floor(test.clock.now().getTime() / 30_000);
    const app = await test.enrolled('totp', { acceptedStep: step });
    await expect((await people.challenged(app)).answer(people.codeOf(app))).rejects.toMatchObject({
      code: 'code-already-used',
    });
    await expect((await people.challenged(app)).answer(people.codeOf(app, 30))).resolves.toBeDefined();
  });

  it('and one that was removed after it passed gives its proof no more', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app);
    await answer(people.codeOf(app), 'key');
    await test.secrets.destroy(app.credentialId);
    await expect(answer(people.codeOf(app))).rejects.toMatchObject({ code: 'code-expired' });
    await expect(answer(people.codeOf(app), 'key')).rejects.toMatchObject({ code: 'already-done' });
  });
});

describe('§6.4: a crash between the services costs the person nothing', () => {
  it('the same answer to the same challenge gives the very same proof, from any replica, with or without its key', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app);
    const [code, elsewhere] = [people.codeOf(app), await test.replica()];
    const first = await answer(code, 'the-key');
    test.clock.advance(59);
    const again = [await answer(code, 'the-key'), await answer(code), await answer(code, 'another-key', elsewhere)];
    expect(again.map(({ proof }) => proof)).toEqual([first.proof, first.proof, first.proof]);
    expect(await people.reasonsOf(app)).toEqual(['challenge.issued', 'challenge.passed']);
  });

  it('for 60 seconds; then it is a replay, and its key says so without a new fact', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app);
    const code = people.codeOf(app);
    await answer(code, 'late-key');
    test.clock.advance(61);
    await expect(answer(code, 'late-key')).rejects.toMatchObject({ code: 'already-done' });
    await expect(answer(code)).rejects.toMatchObject({ code: 'code-already-used' });
    expect(await people.reasonsOf(app)).toEqual(['challenge.issued', 'challenge.passed', 'already-used']);
  });

  it('another answer to it is refused', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app);
    await answer(people.codeOf(app));
    await expect(answer(people.codeOf(app, 30))).rejects.toMatchObject({ code: 'code-already-used' });
  });
});

describe('§6.10: an Idempotency-Key', () => {
  it('counts a wrong answer once, however often it is sent', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app);
    for (let sent = 1; sent <= 3; sent += 1) {
      await expect(answer(people.wrongCodeOf(app), 'a-key')).rejects.toMatchObject({ code: 'code-wrong' });
    }
    expect(await people.reasonsOf(app)).toEqual(['challenge.issued', 'wrong']);
  });

  it('with another answer is refused', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app);
    await expect(answer(people.wrongCodeOf(app), 'b-key')).rejects.toMatchObject({ code: 'code-wrong' });
    await expect(answer(people.codeOf(app), 'b-key')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });
});

describe('I4: nothing that the service writes', () => {
  it('holds a code, a secret, a proof, a statement or an address', async () => {
    const [app, codes] = [await test.enrolled('totp'), await test.enrolled('recovery-code')];
    const [byApp, byCode] = [await people.challenged(app), await people.challenged(codes)];
    const [code, wrong] = [people.codeOf(app), 'canary-73914620'];
    await expect(byApp.answer(wrong, 'i4-wrong')).rejects.toThrow();
    const { proof } = await byApp.answer(code, 'i4-right');
    await byCode.answer(recoveryCodesOf(codes)[0] ?? '', 'i4-recovery');
    const written = await test.everythingWritten();
    expect(written).toContain(byApp.challengeId);
    const canaries = [
      wrong,
      `"${code}"`,
      String(app.details['secret']),
      ...recoveryCodesOf(codes),
      proof,
      '203.0.113.7',
    ];
    expect(canaries.filter((canary) => written.includes(canary))).toEqual([]);
  });
});
