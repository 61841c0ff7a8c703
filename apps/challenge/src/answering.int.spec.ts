import { DomainError } from '@cofactor/contracts';
import { MemoryPendingChallenges } from './adapters/pending-challenges.memory';
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

const codeOfRefusal = (error: unknown) => (error instanceof DomainError ? error.code : 'no refusal');

const outcomes = async (answers: readonly Promise<unknown>[]): Promise<Record<string, number>> => {
  const settled = await Promise.allSettled(answers);
  const names = settled.map((one) => (one.status === 'fulfilled' ? 'passed' : codeOfRefusal(one.reason)));
  return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]));
};

describe('an answer', () => {
  it('that is right gives a proof for identity: who, by what, for which sign-in, when', async () => {
    const app = await test.enrolled('totp');
    const { answer, challengeId, signInId } = await people.challenged(app);
    const { proof, positions } = await answer(people.codeOf(app));
    expect(await test.readProof(proof)).toEqual({
      purpose: 'second-factor',
      proofId: challengeId,
      personId: app.personId,
      authority: { kind: 'sign-in', id: signInId },
      credentialId: app.credentialId,
      factorType: 'totp',
      amr: ['otp'],
      at: test.clock.now().toISOString(),
    });
    expect(positions).toEqual([`credential-${app.credentialId}@2`]);
  });

  it('that is wrong is refused and recorded', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app);
    await expect(answer(people.wrongCodeOf(app))).rejects.toMatchObject({ code: 'code-wrong' });
    expect(await people.reasonsOf(app)).toEqual(['challenge.issued', 'wrong']);
  });

  it('without its fields is refused with a pointer to each, and recorded nowhere', async () => {
    const app = await test.enrolled('totp');
    const { statement, challengeId } = await people.challenged(app);
    const request = { statement: await statement(), challengeId, answer: { 'co/de': '123456' } };
    await expect(test.client.answerChallenge(request, aContext())).rejects.toMatchObject({
      code: 'invalid-fields',
      extras: { errors: [{ pointer: '/code' }, { pointer: '/co~1de' }] },
    });
    expect(await people.reasonsOf(app)).toEqual(['challenge.issued']);
  });

  it('to a challenge of another sign-in looks like one to a challenge that never was', async () => {
    const app = await test.enrolled('totp');
    const [own, others] = [await people.challenged(app), await people.challenged(app)];
    for (const challengeId of [others.challengeId, 'never-issued']) {
      const request = { statement: await own.statement(), challengeId, answer: { code: people.codeOf(app) } };
      await expect(test.client.answerChallenge(request, aContext())).rejects.toMatchObject({ code: 'code-expired' });
    }
  });

  it('R1, I6: to a challenge that is lost, never was, or is another sign-in’s, is a fact of its own sign-in', async () => {
    const app = await test.enrolled('totp');
    const [own, others] = [await people.challenged(app), await people.challenged(app)];
    const lost = await test.replica({ pendingChallenges: new MemoryPendingChallenges(test.clock) });
    const send = async (challengeId: string, client = test.client, key: string | null = null) => {
      const request = { statement: await own.statement(), challengeId, answer: { code: people.codeOf(app) } };
      await expect(client.answerChallenge(request, aContext(key))).rejects.toMatchObject({ code: 'code-expired' });
    };
    await send(others.challengeId);
    await send(own.challengeId, lost);
    await send('canary-typed-as-an-id', test.client, 'the-key');
    await send('canary-typed-as-an-id', test.client, 'the-key');
    const facts = await test.unmatchedOf(own.signInId);
    expect(facts).toHaveLength(3);
    expect(facts[0]).toMatchObject({
      type: 'challenge.refused',
      data: { signInId: own.signInId, reason: 'unknown-challenge' },
      envelope: { subject: { kind: 'person', id: app.personId }, organisationIds: ['practice-1'] },
    });
    expect(await test.everythingWritten()).not.toContain('canary-typed-as-an-id');
    expect(await people.reasonsOf(app)).toEqual(['challenge.issued', 'challenge.issued']);
    await expect(own.answer(people.codeOf(app))).resolves.toBeDefined();
  });
});

describe('R3, I2: one code succeeds once', () => {
  it('an app code, in 50 parallel answers to 50 challenges over two replicas', async () => {
    const app = await test.enrolled('totp');
    const replicas = [test.client, await test.replica()] as const;
    const challenges = await Promise.all(
      Array.from({ length: 50 }, (_, index) => people.challenged(app, replicas[index % 2] ?? test.client)),
    );
    const code = people.codeOf(app);
    expect(await outcomes(challenges.map(({ answer }) => answer(code)))).toEqual({
      passed: 1,
      'code-already-used': 49,
    });
    const reasons = await people.reasonsOf(app);
    expect(reasons.filter((reason) => reason === 'challenge.passed')).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'already-used')).toHaveLength(49);
  });

  it('HT4: a recovery code, in parallel answers over two replicas; the next code still works', async () => {
    const codes = await test.enrolled('recovery-code');
    const replicas = [test.client, await test.replica()] as const;
    const challenges = await Promise.all(
      Array.from({ length: 12 }, (_, index) => people.challenged(codes, replicas[index % 2] ?? test.client)),
    );
    const [first = '', second = ''] = recoveryCodesOf(codes);
    expect(await outcomes(challenges.map(({ answer }) => answer(first)))).toEqual({
      passed: 1,
      'code-already-used': 11,
    });
    await expect((await people.challenged(codes)).answer(` ${second.toUpperCase()} `)).resolves.toBeDefined();
  });

  it('TOTP replayed within its step, in another sign-in, is refused and is no guess (kratos, better-auth)', async () => {
    const app = await test.enrolled('totp');
    await (await people.challenged(app)).answer(people.codeOf(app));
    for (let replay = 1; replay <= 6; replay += 1) {
      await expect((await people.challenged(app)).answer(people.codeOf(app))).rejects.toMatchObject({
        code: 'code-already-used',
      });
    }
    test.clock.advance(30);
    await expect((await people.challenged(app)).answer(people.codeOf(app))).resolves.toBeDefined();
  });
});

describe('HC5: recovery codes', () => {
  it('stay valid beside another factor, and do not expire by time (HT4)', async () => {
    const codes = await test.enrolled('recovery-code');
    test.clock.advance(400 * 86_400);
    const { answer } = await people.challenged(codes);
    const { proof } = await answer(recoveryCodesOf(codes)[4] ?? '');
    expect(await test.readProof(proof)).toMatchObject({ factorType: 'recovery-code', amr: ['otp'] });
  });
});
