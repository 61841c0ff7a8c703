import { aContext, startTestChallenge, type TestChallenge } from './challenge.fixture';
import { People } from './people.fixture';

let test: TestChallenge;
let people: People;
beforeAll(async () => {
  test = await startTestChallenge();
  people = new People(test);
});
afterAll(() => test.stop());

describe('after five wrong answers in a row', () => {
  it('an answer waits, the right one too, and hears for how long; a restart and a resend forgive nothing', async () => {
    const app = await test.enrolled('totp');
    await people.guess(app, 5);
    const { challengeId } = await people.issue(app);
    const waits = { code: 'too-many-attempts', extras: { retryAfter: 2 } };
    await expect(people.answer(app, challengeId, people.codeOf(app))).rejects.toMatchObject(waits);
    const restarted = await test.replica();
    await expect(people.answer(app, challengeId, people.codeOf(app), restarted)).rejects.toMatchObject(waits);
    test.clock.advance(2);
    await expect(people.answer(app, challengeId, people.codeOf(app))).resolves.toBeDefined();
  });

  it('parallel guesses do not get around it (I2)', async () => {
    const app = await test.enrolled('totp');
    const clients = [test.client, await test.replica()] as const;
    const issued = await Promise.all(Array.from({ length: 20 }, () => people.issue(app)));
    await Promise.allSettled(
      issued.map(({ challengeId }, index) =>
        people.answer(app, challengeId, people.codeOf(app, -7_200), clients[index % 2] ?? test.client),
      ),
    );
    const reasons = (await test.eventsOf(app.credentialId)).flatMap((event) =>
      event.type === 'challenge.refused' ? [event.data.reason] : [],
    );
    expect(reasons.filter((reason) => reason === 'wrong')).toHaveLength(5);
    expect(reasons.filter((reason) => reason === 'too-many-attempts')).toHaveLength(15);
  });
});

describe('R4: a hundred wrong answers in a row', () => {
  it('disable the credential until it is bound anew: the 101st is refused, the right code too', async () => {
    const app = await test.enrolled('totp');
    await people.guess(app, 99);
    test.clock.advance(901);
    const [last, open] = [await people.issue(app), await people.issue(app)];
    await expect(people.answer(app, last.challengeId, people.codeOf(app, -7_200))).rejects.toMatchObject({
      code: 'code-wrong',
    });
    test.clock.advance(500);
    await expect(people.answer(app, open.challengeId, people.codeOf(app))).rejects.toMatchObject({
      code: 'credential-disabled',
    });
    await expect(people.issue(app)).rejects.toMatchObject({ code: 'credential-disabled' });
    const events = await test.eventsOf(app.credentialId);
    expect(events.find(({ type }) => type === 'credential.disabled')?.data).toMatchObject({ failures: 100 });
    expect(events.at(-1)).toMatchObject({ type: 'challenge.refused', data: { reason: 'disabled' } });
    const statement = await test.statement(app.personId, { permission: 'read-usage' });
    const { usage } = await test.client.readUsage({ statement, credentialIds: [app.credentialId] }, aContext());
    expect(usage).toMatchObject([{ disabled: true }]);
  });

  it('do nothing to another credential of the person (§6.2: recovery codes still sign in)', async () => {
    const [app, codes] = [await test.enrolled('totp'), await test.enrolled('recovery-code')];
    await people.guess(app, 6);
    const { challengeId } = await people.issue(codes);
    const [code = ''] = codes.details['recoveryCodes'] as string[];
    await expect(people.answer(codes, challengeId, code)).resolves.toBeDefined();
  });
});

describe('while PostgreSQL restarts', () => {
  it('I3, R47: answers pass, or are unavailable with a time to wait; afterwards it works by itself', async () => {
    const [busy, app] = [await test.enrolled('totp'), await test.enrolled('totp')];
    let restarted = false;
    const restart = test.restartPostgres().finally(() => (restarted = true));
    const refusals: unknown[] = [];
    for (let signIns = 1; !restarted; signIns += 1) {
      const authority = { kind: 'sign-in', id: `busy-${signIns}` } as const;
      const request = { statement: await test.statement(busy.personId, { authority }), challengeId: null };
      const { credentialId } = busy;
      await test.client
        .issueChallenge({ ...request, credentialId }, aContext())
        .catch((error: unknown) => refusals.push(error));
    }
    await restart;
    expect(refusals.length).toBeGreaterThan(0);
    const unavailable = refusals.map(() => ({ code: 'unavailable', extras: { retryAfter: 2 } }));
    expect(refusals).toMatchObject(unavailable);
    const { challengeId } = await people.issue(app);
    await expect(people.answer(app, challengeId, people.codeOf(app))).resolves.toBeDefined();
  });
});

describe('§6.1: identity’s statement', () => {
  it.each([
    ['of a session', { authority: { kind: 'session', id: 'session-1' } }],
    ['that permits something else', { permission: 'read-usage' }],
  ] as const)('%s opens no challenge', async (_, differing) => {
    const { personId, credentialId } = await test.enrolled('totp');
    const request = { statement: await test.statement(personId, differing), credentialId, challengeId: null };
    await expect(test.client.issueChallenge(request, aContext())).rejects.toMatchObject({ code: 'statement-refused' });
  });

  it('of more than a minute ago is refused', async () => {
    const { personId, credentialId } = await test.enrolled('totp');
    const statement = await test.statement(personId);
    test.clock.advance(66);
    await expect(
      test.client.issueChallenge({ statement, credentialId, challengeId: null }, aContext()),
    ).rejects.toMatchObject({ code: 'statement-refused' });
  });
});

describe('the usage of credentials', () => {
  it('shows the own ones, spent codes counted; those of others look unused', async () => {
    const [codes, others] = [await test.enrolled('recovery-code'), await test.enrolled('totp')];
    await people.answer(others, (await people.issue(others)).challengeId, people.codeOf(others));
    for (const code of (codes.details['recoveryCodes'] as string[]).slice(0, 3)) {
      await people.answer(codes, (await people.issue(codes)).challengeId, code);
    }
    const statement = await test.statement(codes.personId, { permission: 'read-usage' });
    const credentialIds = [codes.credentialId, others.credentialId, 'never-used'];
    const unused = { lastUsedAt: null, disabled: false, spent: 0 };
    expect(await test.client.readUsage({ statement, credentialIds }, aContext())).toEqual({
      usage: [
        {
          credentialId: codes.credentialId,
          lastUsedAt: test.clock.now().toISOString(),
          disabled: false,
          spent: 3,
        },
        { credentialId: others.credentialId, ...unused },
        { credentialId: 'never-used', ...unused },
      ],
    });
  });
});
