import { DomainError } from '@cofactor/contracts';
import { totpCode } from '@cofactor/testkit';
import { aContext, startTestChallenge, type Enrolled, type TestChallenge } from './challenge.fixture';

let test: TestChallenge;
beforeAll(async () => {
  test = await startTestChallenge();
});
afterAll(() => test.stop());
/** Statements and steps of the next test are new ones. */
beforeEach(() => test.clock.advance(90));

const codeOf = ({ details }: Enrolled, secondsAway = 0): string =>
  totpCode(String(details['secret']), test.clock.now().getTime() + secondsAway * 1000);
const wrongCodeOf = (enrolled: Enrolled): string => codeOf(enrolled, -3_600);
const recoveryCodesOf = ({ details }: Enrolled): string[] => details['recoveryCodes'] as string[];

let signIns = 0;
async function challenged({ personId, credentialId }: Enrolled, client = test.client) {
  const signInId = `sign-in-${++signIns}`;
  const authority = { kind: 'sign-in', id: signInId } as const;
  const statement = () => test.statement(personId, { authority });
  const issued = await client.issueChallenge(
    { statement: await statement(), credentialId, challengeId: null },
    aContext(),
  );
  const answer = async (code: string, key: string | null = null, by = client) =>
    by.answerChallenge(
      { statement: await statement(), challengeId: issued.challengeId, answer: { code } },
      aContext(key),
    );
  return { ...issued, signInId, statement, answer };
}

const codeOfRefusal = (error: unknown) => (error instanceof DomainError ? error.code : 'no refusal');

const outcomes = async (answers: readonly Promise<unknown>[]): Promise<Record<string, number>> => {
  const settled = await Promise.allSettled(answers);
  const names = settled.map((one) => (one.status === 'fulfilled' ? 'passed' : codeOfRefusal(one.reason)));
  return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]));
};

const reasonsOf = async ({ credentialId }: Enrolled) =>
  (await test.eventsOf(credentialId)).flatMap((event) =>
    event.type === 'challenge.refused' ? [event.data.reason] : [event.type],
  );

describe('an answer', () => {
  it('that is right gives a proof for identity: who, by what, for which sign-in, when', async () => {
    const app = await test.enrolled('totp');
    const { answer, challengeId, signInId } = await challenged(app);
    const { proof, positions } = await answer(codeOf(app));
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
    const { answer } = await challenged(app);
    await expect(answer(wrongCodeOf(app))).rejects.toMatchObject({ code: 'code-wrong' });
    expect(await reasonsOf(app)).toEqual(['challenge.issued', 'wrong']);
  });

  it('without its fields is refused with a pointer to each, and recorded nowhere', async () => {
    const app = await test.enrolled('totp');
    const { statement, challengeId } = await challenged(app);
    const request = { statement: await statement(), challengeId, answer: { 'co/de': '123456' } };
    await expect(test.client.answerChallenge(request, aContext())).rejects.toMatchObject({
      code: 'invalid-fields',
      extras: { errors: [{ pointer: '/code' }, { pointer: '/co~1de' }] },
    });
    expect(await reasonsOf(app)).toEqual(['challenge.issued']);
  });

  it('that comes after ten minutes is recorded as too late (R11)', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await challenged(app);
    test.clock.advance(601);
    await expect(answer(codeOf(app))).rejects.toMatchObject({ code: 'code-expired' });
    expect(await reasonsOf(app)).toEqual(['challenge.issued', 'expired']);
  });

  it('to a challenge of another sign-in looks like one to a challenge that never was', async () => {
    const app = await test.enrolled('totp');
    const [own, others] = [await challenged(app), await challenged(app)];
    for (const challengeId of [others.challengeId, 'never-issued']) {
      const request = { statement: await own.statement(), challengeId, answer: { code: codeOf(app) } };
      await expect(test.client.answerChallenge(request, aContext())).rejects.toMatchObject({ code: 'code-expired' });
    }
  });
});

describe('R3, I2: one code succeeds once', () => {
  it('an app code, in 50 parallel answers to 50 challenges over two replicas', async () => {
    const app = await test.enrolled('totp');
    const replicas = [test.client, await test.replica()] as const;
    const challenges = await Promise.all(
      Array.from({ length: 50 }, (_, index) => challenged(app, replicas[index % 2] ?? test.client)),
    );
    const code = codeOf(app);
    expect(await outcomes(challenges.map(({ answer }) => answer(code)))).toEqual({
      passed: 1,
      'code-already-used': 49,
    });
    const reasons = await reasonsOf(app);
    expect(reasons.filter((reason) => reason === 'challenge.passed')).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'already-used')).toHaveLength(49);
  });

  it('HT4: a recovery code, in parallel answers over two replicas; the next code still works', async () => {
    const codes = await test.enrolled('recovery-code');
    const replicas = [test.client, await test.replica()] as const;
    const challenges = await Promise.all(
      Array.from({ length: 12 }, (_, index) => challenged(codes, replicas[index % 2] ?? test.client)),
    );
    const [first = '', second = ''] = recoveryCodesOf(codes);
    expect(await outcomes(challenges.map(({ answer }) => answer(first)))).toEqual({
      passed: 1,
      'code-already-used': 11,
    });
    await expect((await challenged(codes)).answer(` ${second.toUpperCase()} `)).resolves.toBeDefined();
  });

  it('TOTP replayed within its step, in another sign-in, is refused and is no guess (kratos, better-auth)', async () => {
    const app = await test.enrolled('totp');
    await (await challenged(app)).answer(codeOf(app));
    for (let replay = 1; replay <= 6; replay += 1) {
      await expect((await challenged(app)).answer(codeOf(app))).rejects.toMatchObject({ code: 'code-already-used' });
    }
    test.clock.advance(30);
    await expect((await challenged(app)).answer(codeOf(app))).resolves.toBeDefined();
  });
});

describe('HC5: recovery codes', () => {
  it('stay valid beside another factor, and do not expire by time (HT4)', async () => {
    const codes = await test.enrolled('recovery-code');
    test.clock.advance(400 * 86_400);
    const { answer } = await challenged(codes);
    const { proof } = await answer(recoveryCodesOf(codes)[4] ?? '');
    expect(await test.readProof(proof)).toMatchObject({ factorType: 'recovery-code', amr: ['otp'] });
  });
});

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
    await expect((await challenged(app)).answer(codeOf(app))).rejects.toMatchObject({ code: 'code-already-used' });
    await expect((await challenged(app)).answer(codeOf(app, 30))).resolves.toBeDefined();
  });

  it('a factor that was removed after the challenge is dead, for each type', async () => {
    const [app, codes] = [await test.enrolled('totp'), await test.enrolled('recovery-code')];
    const answers = [
      { ...(await challenged(app)), code: codeOf(app), of: app },
      { ...(await challenged(codes)), code: recoveryCodesOf(codes)[0] ?? '', of: codes },
    ];
    for (const { answer, code, of } of answers) {
      await test.secrets.destroy(of.credentialId);
      await expect(answer(code)).rejects.toMatchObject({ code: 'code-expired' });
      expect(await reasonsOf(of)).toEqual(['challenge.issued', 'revoked']);
    }
  });

  it('and one that was removed after it passed gives its proof no more', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await challenged(app);
    await answer(codeOf(app), 'key');
    await test.secrets.destroy(app.credentialId);
    await expect(answer(codeOf(app))).rejects.toMatchObject({ code: 'code-expired' });
    await expect(answer(codeOf(app), 'key')).rejects.toMatchObject({ code: 'already-done' });
  });
});

describe('§6.4: a crash between the services costs the person nothing', () => {
  it('the same answer to the same challenge gives the very same proof, from any replica, with or without its key', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await challenged(app);
    const [code, elsewhere] = [codeOf(app), await test.replica()];
    const first = await answer(code, 'the-key');
    test.clock.advance(59);
    const again = [await answer(code, 'the-key'), await answer(code), await answer(code, 'another-key', elsewhere)];
    expect(again.map(({ proof }) => proof)).toEqual([first.proof, first.proof, first.proof]);
    expect(await reasonsOf(app)).toEqual(['challenge.issued', 'challenge.passed']);
  });

  it('for 60 seconds; then it is a replay, and its key says so without a new fact', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await challenged(app);
    const code = codeOf(app);
    await answer(code, 'late-key');
    test.clock.advance(61);
    await expect(answer(code, 'late-key')).rejects.toMatchObject({ code: 'already-done' });
    await expect(answer(code)).rejects.toMatchObject({ code: 'code-already-used' });
    expect(await reasonsOf(app)).toEqual(['challenge.issued', 'challenge.passed', 'already-used']);
  });

  it('another answer to it is refused', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await challenged(app);
    await answer(codeOf(app));
    await expect(answer(codeOf(app, 30))).rejects.toMatchObject({ code: 'code-already-used' });
  });
});

describe('§6.10: an Idempotency-Key', () => {
  it('counts a wrong answer once, however often it is sent', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await challenged(app);
    for (let sent = 1; sent <= 3; sent += 1) {
      await expect(answer(wrongCodeOf(app), 'a-key')).rejects.toMatchObject({ code: 'code-wrong' });
    }
    expect(await reasonsOf(app)).toEqual(['challenge.issued', 'wrong']);
  });

  it('with another answer is refused', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await challenged(app);
    await expect(answer(wrongCodeOf(app), 'b-key')).rejects.toMatchObject({ code: 'code-wrong' });
    await expect(answer(codeOf(app), 'b-key')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });
});

describe('I4: nothing that the service writes', () => {
  it('holds a code, a secret, a proof, a statement or an address', async () => {
    const [app, codes] = [await test.enrolled('totp'), await test.enrolled('recovery-code')];
    const [byApp, byCode] = [await challenged(app), await challenged(codes)];
    const [code, wrong] = [codeOf(app), 'canary-73914620'];
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
