import type { Statement } from '@cofactor/contracts';
import { builtTypes, registry } from '@cofactor/factors';
import { SoftwareAuthenticator, totpCode, type AskedOfBrowser } from '@cofactor/testkit';
import {
  aContext,
  policies,
  startTestFactorEnrollment,
  type Client,
  type TestFactorEnrollment,
} from './factor-enrollment.fixture';

let test: TestFactorEnrollment;
let replica: Client;
beforeAll(async () => {
  test = await startTestFactorEnrollment();
  replica = (await test.replica()).client;
});
afterAll(() => test.stop());

const enrolledTypes = builtTypes.filter((type) => registry.get(type)?.origin === 'enrolled');
const ruled = { policies: policies({ allowedFactors: ['totp', 'sms', 'email', 'webauthn'] }) };
const refusedAs = (code: string) => ({ code });
let people = 0;
const aPerson = (): string => `abused-${++people}`;

describe.each(enrolledTypes)('a set-up of %s stands abuse', (type) => {
  /** What answers a set-up, made when it was started or at any later moment. */
  function answering(personId: string, details: Record<string, unknown>): () => Record<string, unknown> {
    if (type === 'totp') return () => ({ code: totpCode(String(details['secret']), test.clock.now().getTime()) });
    if (type === 'webauthn') {
      const browser = new SoftwareAuthenticator('https://mfa.riverside.example');
      const attestation = browser.create(details['publicKey'] as AskedOfBrowser);
      return () => ({ attestation });
    }
    const code = test.sentCodes.lastTo(personId);
    return () => ({ code });
  }
  async function start(personId: string) {
    const statement = await test.statement(personId, 'enrol-factor', ruled);
    const fields = type === 'sms' ? { number: '07400 123456', country: 'GB' } : {};
    const request = { statement, type, accountLabel: 'sam@riverside.example', fields };
    const { enrolmentId, details } = await test.client.startEnrolment(request, aContext());
    const right = answering(personId, details);
    const send = async (
      answer: Record<string, unknown> = right(),
      by = personId,
      {
        client = test.client,
        authority = {},
      }: { client?: Client; authority?: Pick<Partial<Statement>, 'authority'> } = {},
    ) => {
      const confirming = await test.statement(by, 'confirm-enrolment', { ...ruled, ...authority });
      return client.confirmEnrolment({ statement: confirming, type, enrolmentId, answer }, aContext());
    };
    return { enrolmentId, right, send };
  }
  const typesOf = async (personId: string) => (await test.factsOf(personId)).map((fact) => fact.type);
  const factorsOf = async (personId: string) => (await test.client.factorsOf({ personId }, aContext())).factors;

  it('a malformed or too long answer is refused at the door: recorded nowhere, and no try of five', async () => {
    const personId = aPerson();
    const { right, send } = await start(personId);
    const malformed = [{}, { code: '' }, { code: 123_456 }, { code: '7'.repeat(129) }, { attestation: {} }];
    for (const answer of [...malformed, { ...right(), surprise: true }]) {
      await expect(send(answer)).rejects.toMatchObject(refusedAs('invalid-fields'));
    }
    expect(await typesOf(personId)).toEqual(['enrolment.started']);
    await send();
  });

  it('an answer to another set-up is wrong there', async () => {
    const personId = aPerson();
    const [one, other] = [await start(personId), await start(personId)];
    await expect(other.send(one.right())).rejects.toMatchObject(refusedAs('code-wrong'));
    await one.send();
    expect(await factorsOf(personId)).toHaveLength(1);
  });

  it('another person cannot confirm it, and leaves nothing with either', async () => {
    const [personId, other] = [aPerson(), aPerson()];
    const { right, send } = await start(personId);
    await expect(send(right(), other)).rejects.toMatchObject(refusedAs('not-found'));
    expect([await typesOf(personId), await typesOf(other)]).toEqual([['enrolment.started'], []]);
  });

  it('R5: another session of the same person cannot confirm it, with the right answer and two factors neither', async () => {
    const personId = aPerson();
    const { enrolmentId, right, send } = await start(personId);
    const authority = { authority: { kind: 'session', id: 'another-session' } } as const;
    await expect(send(right(), personId, { authority })).rejects.toMatchObject(refusedAs('not-found'));
    test.clock.advance(30);
    const statement = await test.statement(personId, 'confirm-enrolment', { ...ruled, ...authority });
    const resending = test.client.resendEnrolmentCode({ statement, type, enrolmentId }, aContext());
    await expect(resending).rejects.toMatchObject(refusedAs('not-found'));
    expect(await typesOf(personId)).toEqual(['enrolment.started']);
    await send();
    expect(await factorsOf(personId)).toHaveLength(1);
  });

  it('is over after fifteen minutes, not a second before', async () => {
    const [early, late] = [aPerson(), aPerson()];
    const [inTime, tooLate] = [await start(early), await start(late)];
    test.clock.advance(899);
    await inTime.send();
    test.clock.advance(1);
    await expect(tooLate.send()).rejects.toMatchObject(refusedAs('code-expired'));
    expect(await typesOf(late)).toEqual(['enrolment.started', 'enrolment.refused']);
  });

  it('lives no longer by a clock that is moved back, and is confirmed no second time', async () => {
    const [personId, other] = [aPerson(), aPerson()];
    const [confirmed, open] = [await start(personId), await start(other)];
    const answer = confirmed.right();
    await confirmed.send(answer);
    test.clock.advance(-3_600);
    await expect(confirmed.send(answer)).rejects.toMatchObject(refusedAs('enrolment-closed'));
    await expect(open.send()).rejects.toMatchObject(refusedAs('code-expired'));
    test.clock.advance(3_600);
    expect([await factorsOf(personId), await factorsOf(other)]).toMatchObject([[{ type }], []]);
  });

  it('I2: submitted twice at once, over two replicas, it adds one factor', async () => {
    const personId = aPerson();
    const { right, send } = await start(personId);
    const answer = right();
    const settled = await Promise.allSettled([send(answer), send(answer, personId, { client: replica })]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(settled).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining(refusedAs('enrolment-closed')) as unknown,
    });
    expect(await factorsOf(personId)).toHaveLength(1);
  });

  it('removed, it is not confirmed back by its own answer', async () => {
    const personId = aPerson();
    const { right, send } = await start(personId);
    const answer = right();
    const { credentialId } = await send(answer);
    const statement = await test.statement(personId, 'revoke-factor', ruled);
    await test.client.revokeFactor({ statement, credentialId }, aContext());
    await expect(send(answer)).rejects.toMatchObject(refusedAs('enrolment-closed'));
    expect([await factorsOf(personId), await test.secrets.open(credentialId)]).toEqual([[], null]);
  });

  it('§6.2: begun before a reset, its right answer is no way in after it', async () => {
    const personId = aPerson();
    await (await start(personId)).send();
    const open = type === 'email' ? null : await start(personId);
    const statement = await test.statement(personId, 'reset-factors', ruled);
    await test.client.requestReset({ statement, explanation: 'Lost the phone' }, aContext());
    if (open) await expect(open.send()).rejects.toMatchObject(refusedAs('not-found'));
    expect(await factorsOf(personId)).toEqual([]);
  });
});
