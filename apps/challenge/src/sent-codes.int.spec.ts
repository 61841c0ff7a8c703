import { DomainError } from '@cofactor/contracts';
import { aContext, startTestChallenge, type Enrolled, type TestChallenge } from './challenge.fixture';
import { People } from './people.fixture';

let test: TestChallenge;
let people: People;
beforeAll(async () => {
  test = await startTestChallenge();
  people = new People(test);
});
beforeEach(() => {
  test.sentCodes.refusal = null;
});
afterAll(() => test.stop());

const codeTo = ({ personId }: Enrolled): string => test.sentCodes.lastTo(personId);
const sentTo = ({ personId }: Enrolled) => test.sentCodes.all.filter((one) => one.personId === personId);
const anotherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const refusedAs = (code: string) => ({ code });

describe('a code that is sent', () => {
  it('HC3: goes to the login address, and signs in as it was typed', async () => {
    const mailbox = await test.enrolled('email');
    const { challengeId, type, hint, delivery, expiresAt } = await people.issue(mailbox);
    expect({ type, hint, delivery }).toEqual({ type: 'email', hint: 's•••@riverside.example', delivery: 'sent' });
    expect(sentTo(mailbox)).toMatchObject([
      { to: { kind: 'login-address' }, expiresAt, occasion: { id: challengeId, purpose: 'sign-in', asked: 0 } },
    ]);
    const code = codeTo(mailbox);
    expect(code).toMatch(/^\d{6}$/);
    await people.answer(mailbox, challengeId, `${code.slice(0, 3)} ${code.slice(3)}`);
    const types = (await test.eventsOf(mailbox.credentialId)).map((event) => event.type);
    expect(types).toEqual(['challenge.issued', 'challenge.passed']);
  });

  it('asked for again is the same code with the same end, later each time', async () => {
    const mailbox = await test.enrolled('email');
    const { challengeId, expiresAt } = await people.issue(mailbox);
    const first = codeTo(mailbox);
    test.clock.advance(30);
    const again = await people.issue(mailbox, challengeId);
    expect([codeTo(mailbox), again.expiresAt]).toEqual([first, expiresAt]);
    expect(Date.parse(again.resendAt) - test.clock.now().getTime()).toBe(60_000);
    test.clock.advance(59);
    await expect(people.issue(mailbox, challengeId)).rejects.toMatchObject(refusedAs('too-early-to-resend'));
    expect(sentTo(mailbox).map(({ occasion }) => occasion.asked)).toEqual([0, 1]);
  });

  it('answers its own challenge alone', async () => {
    const mailbox = await test.enrolled('email');
    const one = await people.issue(mailbox);
    const code = codeTo(mailbox);
    const other = await people.issue(mailbox);
    expect(codeTo(mailbox)).not.toBe(code);
    await expect(people.answer(mailbox, other.challengeId, code)).rejects.toMatchObject(refusedAs('code-wrong'));
    await expect(people.answer(mailbox, one.challengeId, code)).resolves.toBeDefined();
  });

  it('I2: once a later one was used, an earlier one is over', async () => {
    const mailbox = await test.enrolled('email');
    const earlier = await people.issue(mailbox);
    const code = codeTo(mailbox);
    test.clock.advance(1);
    const later = await people.issue(mailbox);
    await people.answer(mailbox, later.challengeId, codeTo(mailbox));
    await expect(people.answer(mailbox, earlier.challengeId, code)).rejects.toMatchObject(
      refusedAs('code-already-used'),
    );
  });

  it('R4: stands five wrong tries in all, however often it is sent', async () => {
    const mailbox = await test.enrolled('email');
    const { challengeId } = await people.issue(mailbox);
    const wrong = anotherThan(codeTo(mailbox));
    const tryIt = (code: string) => people.answer(mailbox, challengeId, code);
    for (let tries = 0; tries < 3; tries += 1)
      await expect(tryIt(wrong)).rejects.toMatchObject(refusedAs('code-wrong'));
    test.clock.advance(30);
    await people.issue(mailbox, challengeId);
    for (let tries = 0; tries < 2; tries += 1)
      await expect(tryIt(wrong)).rejects.toMatchObject(refusedAs('code-wrong'));
    test.clock.advance(60);
    await expect(tryIt(codeTo(mailbox))).rejects.toMatchObject(refusedAs('code-expired'));
    await expect(people.issue(mailbox, challengeId)).rejects.toMatchObject(refusedAs('code-expired'));
    const fresh = await people.issue(mailbox);
    await expect(people.answer(mailbox, fresh.challengeId, codeTo(mailbox))).resolves.toBeDefined();
  });

  it('that cannot be sent is no challenge: nothing is recorded, and the key may be used again', async () => {
    const mailbox = await test.enrolled('email');
    test.sentCodes.refusal = new DomainError('code-not-sent');
    const statement = await test.statement(mailbox.personId);
    const request = { statement, credentialId: mailbox.credentialId, challengeId: null };
    const context = aContext('the-same-key');
    await expect(test.client.issueChallenge(request, context)).rejects.toMatchObject(refusedAs('code-not-sent'));
    expect(await test.eventsOf(mailbox.credentialId)).toEqual([]);
    test.sentCodes.refusal = null;
    await expect(test.client.issueChallenge(request, context)).resolves.toMatchObject({ delivery: 'sent' });
  });

  it('of a challenge that may not be asked for is not sent', async () => {
    const mailbox = await test.enrolled('email');
    const { challengeId } = await people.issue(mailbox);
    await expect(people.issue(mailbox, challengeId)).rejects.toMatchObject(refusedAs('too-early-to-resend'));
    expect(sentTo(mailbox)).toHaveLength(1);
  });

  it('I4: stands nowhere that challenge writes', async () => {
    const mailbox = await test.enrolled('email');
    const { challengeId } = await people.issue(mailbox);
    const code = codeTo(mailbox);
    await people.answer(mailbox, challengeId, code);
    expect(await test.everythingWritten()).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)`));
  });
});
