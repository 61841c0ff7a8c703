import { builtTypes, type BuiltFactorType } from '@cofactor/factors';
import { aContext, startTestChallenge, type Client, type TestChallenge } from './challenge.fixture';
import { newMethod, type Method } from './every-method.fixture';
import { People } from './people.fixture';

let test: TestChallenge;
let people: People;
let replica: Client;
beforeAll(async () => {
  test = await startTestChallenge();
  people = new People(test);
  replica = await test.replica();
});
afterAll(() => test.stop());
/** Statements and steps of the next test are new ones. */
beforeEach(() => test.clock.advance(90));

const refusedAs = (code: string) => ({ code });
/** Those whose answer is of its own challenge alone; the codes of the others are the person's until they are spent. */
const boundToChallenge: readonly BuiltFactorType[] = ['sms', 'email', 'webauthn'];

/** A new sign-in of the method's person that has asked for a challenge. */
async function ask(method: Method) {
  const { statement, challengeId, details } = await people.challenged(method.of);
  const right = method.answering({ details });
  const send = async (answer: Record<string, unknown> = right(), client = test.client, id = challengeId) =>
    client.answerChallenge({ statement: await statement(), challengeId: id, answer }, aContext());
  return { challengeId, right, send };
}

describe.each(builtTypes)('%s stands abuse', (type) => {
  const aMethod = () => newMethod[type](test, people);

  it('a malformed or too long answer is refused at the door: recorded nowhere, and no try of it', async () => {
    const method = await aMethod();
    const { right, send } = await ask(method);
    const malformed = [{}, { code: '' }, { code: 123_456 }, { code: '7'.repeat(129) }, { assertion: {} }];
    for (const answer of [...malformed, { ...right(), surprise: true }]) {
      await expect(send(answer)).rejects.toMatchObject(refusedAs('invalid-fields'));
    }
    await send();
    expect(await people.reasonsOf(method.of)).toEqual(['challenge.issued', 'challenge.passed']);
  });

  it('R11, R18: an answer to another challenge is worth nothing there, or is spent by it', async () => {
    const method = await aMethod();
    const [one, other] = [await ask(method), await ask(method)];
    const answer = one.right();
    if (boundToChallenge.includes(type)) {
      await expect(other.send(answer)).rejects.toMatchObject(refusedAs('code-wrong'));
      await expect(one.send(answer)).resolves.toBeDefined();
    } else {
      await expect(other.send(answer)).resolves.toBeDefined();
      await expect(one.send(answer)).rejects.toMatchObject(refusedAs('code-already-used'));
    }
  });

  it('another person’s credential cannot be asked for, nor their challenge answered', async () => {
    const [own, others] = [await aMethod(), await aMethod()];
    const sent = test.sentCodes.all.length;
    const statement = await test.statement(own.of.personId);
    const request = { statement, credentialId: others.of.credentialId, challengeId: null };
    await expect(test.client.issueChallenge(request, aContext())).rejects.toMatchObject(refusedAs('not-found'));
    expect(test.sentCodes.all).toHaveLength(sent);
    const [mine, theirs] = [await ask(own), await ask(others)];
    await expect(mine.send(theirs.right(), test.client, theirs.challengeId)).rejects.toMatchObject(
      refusedAs('code-expired'),
    );
    await expect(mine.send(theirs.right())).rejects.toMatchObject(refusedAs('code-wrong'));
    expect(await people.reasonsOf(others.of)).toEqual(['challenge.issued']);
  });

  it('R11: is over after ten minutes, not a second before', async () => {
    const method = await aMethod();
    const [late, early] = [await ask(method), await ask(method)];
    test.clock.advance(599);
    await expect(early.send()).resolves.toBeDefined();
    test.clock.advance(1);
    await expect(late.send()).rejects.toMatchObject(refusedAs('code-expired'));
    expect((await people.reasonsOf(method.of)).at(-1)).toBe('expired');
  });

  it('R3: a clock that is moved back lets nothing pass twice, and no challenge live longer', async () => {
    const method = await aMethod();
    const [open, used] = [await ask(method), await ask(method)];
    const answer = used.right();
    await used.send(answer);
    test.clock.advance(-3_600);
    await expect(used.send(answer)).rejects.toMatchObject(refusedAs('code-expired'));
    await expect(open.send()).rejects.toMatchObject(refusedAs('code-expired'));
    await expect((await ask(method)).send(answer)).rejects.toMatchObject({
      code: expect.stringMatching(/^code-(wrong|already-used)$/) as string,
    });
    test.clock.advance(3_600 + 90);
    await expect((await ask(method)).send()).resolves.toBeDefined();
  });

  it('R3, §6.4: submitted twice at once, over two replicas, it passes once and both hear the same', async () => {
    const method = await aMethod();
    const { right, send } = await ask(method);
    const answer = right();
    const [one, other] = await Promise.all([send(answer), send(answer, replica)]);
    expect(other.proof).toBe(one.proof);
    test.clock.advance(61);
    await expect(send(answer)).rejects.toMatchObject(refusedAs('code-already-used'));
    expect(await people.reasonsOf(method.of)).toEqual(['challenge.issued', 'challenge.passed', 'already-used']);
  });

  it('§6.3: removed while a challenge is open, its right answer is refused, and no other is asked for', async () => {
    const method = await aMethod();
    const [open, passed] = [await ask(method), await ask(method)];
    const answer = passed.right();
    await passed.send(answer);
    await test.secrets.destroy(method.of.credentialId);
    await expect(open.send()).rejects.toMatchObject(refusedAs('code-expired'));
    await expect(passed.send(answer)).rejects.toMatchObject(refusedAs('code-expired'));
    await expect(ask(method)).rejects.toMatchObject(refusedAs('not-found'));
    expect((await people.reasonsOf(method.of)).slice(-2)).toEqual(['revoked', 'revoked']);
  });
});
