import { DomainError, type Assurance } from '@cofactor/contracts';
import { aContext, startTestFactorEnrollment, type TestFactorEnrollment } from './factor-enrollment.fixture';

let test: TestFactorEnrollment;
beforeAll(async () => {
  test = await startTestFactorEnrollment();
});
beforeEach(() => {
  test.sentCodes.refusal = null;
});
afterAll(() => test.stop());

let people = 0;
const aPerson = (): string => `person-${++people}`;
const type = 'email';
const refusedAs = (code: string) => ({ code });
const anotherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

async function start(personId: string, fields: Record<string, unknown> = {}) {
  const statement = await test.statement(personId, 'enrol-factor');
  return test.client.startEnrolment({ statement, type, accountLabel: 'sam@riverside.example', fields }, aContext());
}
async function confirm(
  personId: string,
  enrolmentId: string,
  code: string,
  authority?: { kind: 'session'; id: string },
) {
  const statement = await test.statement(personId, 'confirm-enrolment', authority ? { authority } : {});
  return test.client.confirmEnrolment({ statement, type, enrolmentId, answer: { code } }, aContext());
}
async function resend(personId: string, enrolmentId: string, assurance?: Assurance, key: string | null = null) {
  const statement = await test.statement(personId, 'confirm-enrolment', assurance ? { assurance } : {});
  return test.client.resendEnrolmentCode({ statement, type, enrolmentId }, aContext(key));
}
const sentTo = (personId: string) => test.sentCodes.all.filter((one) => one.personId === personId);
const factorsOf = async (personId: string) => (await test.client.factorsOf({ personId }, aContext())).factors;

describe('a set-up whose code is sent', () => {
  it('HC2, HC3: goes to the login address, which is never typed in and shown masked', async () => {
    const personId = aPerson();
    const started = await start(personId);
    expect(started).toMatchObject({ details: { hint: 's•••@riverside.example' }, delivery: 'sent' });
    expect(Object.keys(started.details)).toEqual(['hint']);
    expect(sentTo(personId)).toMatchObject([
      {
        to: { kind: 'login-address' },
        expiresAt: started.expiresAt,
        occasion: { id: started.enrolmentId, purpose: 'set-up', asked: 0 },
      },
    ]);
    await confirm(personId, started.enrolmentId, test.sentCodes.lastTo(personId));
    expect(await factorsOf(personId)).toMatchObject([{ type, hint: 's•••@riverside.example', name: 'Email' }]);
  });

  it('HC2: takes no address', async () => {
    await expect(start(aPerson(), { email: 'eve@evil.example' })).rejects.toMatchObject(refusedAs('invalid-fields'));
  });

  it('can be asked for again: the same code with the same end, later each time, and a fact', async () => {
    const personId = aPerson();
    const { enrolmentId, resendAt } = await start(personId);
    const first = test.sentCodes.lastTo(personId);
    expect(Date.parse(resendAt ?? '') - test.clock.now().getTime()).toBe(30_000);
    const tooEarly = { code: 'too-early-to-resend', extras: { retryAfter: 30 } };
    await expect(resend(personId, enrolmentId)).rejects.toMatchObject(tooEarly);
    test.clock.advance(30);
    const again = await resend(personId, enrolmentId);
    expect(Date.parse(again.resendAt) - test.clock.now().getTime()).toBe(60_000);
    expect(test.sentCodes.lastTo(personId)).toBe(first);
    expect(sentTo(personId).map(({ occasion }) => occasion.asked)).toEqual([0, 1]);
    const types = (await test.factsOf(personId)).map((fact) => fact.type);
    expect(types).toEqual(['enrolment.started', 'enrolment.code-sent-again']);
  });

  it('§6.10: asked for again with the same key is the same reply, its position too, and one message', async () => {
    const personId = aPerson();
    const { enrolmentId } = await start(personId);
    test.clock.advance(30);
    const first = await resend(personId, enrolmentId, undefined, 'key-1');
    expect(await resend(personId, enrolmentId, undefined, 'key-1')).toEqual(first);
    expect(first.positions).toEqual([`factors-${personId}@2`]);
    expect(sentTo(personId)).toHaveLength(2);
  });

  it('cannot be asked for again once it is over, confirmed, used up, or somebody else’s', async () => {
    const [personId, other] = [aPerson(), aPerson()];
    const { enrolmentId } = await start(personId);
    test.clock.advance(30);
    await expect(resend(other, enrolmentId)).rejects.toMatchObject(refusedAs('not-found'));
    const wrong = anotherThan(test.sentCodes.lastTo(personId));
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(confirm(personId, enrolmentId, wrong)).rejects.toMatchObject(refusedAs('code-wrong'));
    }
    await expect(resend(personId, enrolmentId)).rejects.toMatchObject(refusedAs('enrolment-closed'));
    const late = await start(other);
    test.clock.advance(900);
    await expect(resend(other, late.enrolmentId)).rejects.toMatchObject(refusedAs('code-expired'));
    expect([sentTo(personId).length, sentTo(other).length]).toEqual([1, 1]);
  });

  it('of an app cannot be asked for: there is none', async () => {
    const personId = aPerson();
    const statement = await test.statement(personId, 'enrol-factor');
    const app = { statement, type: 'totp', accountLabel: 'sam@riverside.example', fields: {} } as const;
    const { enrolmentId } = await test.client.startEnrolment(app, aContext());
    test.clock.advance(30);
    const confirming = await test.statement(personId, 'confirm-enrolment');
    const request = { statement: confirming, type: 'totp', enrolmentId } as const;
    await expect(test.client.resendEnrolmentCode(request, aContext())).rejects.toMatchObject(refusedAs('not-found'));
  });

  it('that cannot be sent leaves no set-up behind', async () => {
    const personId = aPerson();
    test.sentCodes.refusal = new DomainError('code-not-sent');
    await expect(start(personId)).rejects.toMatchObject(refusedAs('code-not-sent'));
    expect(await test.factsOf(personId)).toEqual([]);
  });

  it('BX6: one person holds it once, since there is one login address', async () => {
    const personId = aPerson();
    const [first, second] = [await start(personId), await start(personId)];
    const [one, other] = sentTo(personId).map(({ code }) => code);
    await confirm(personId, first.enrolmentId, one ?? '');
    await expect(confirm(personId, second.enrolmentId, other ?? '')).rejects.toMatchObject(
      refusedAs('too-many-factors'),
    );
    await expect(start(personId)).rejects.toMatchObject(refusedAs('too-many-factors'));
    expect(sentTo(personId)).toHaveLength(2);
  });

  it('I4: stands nowhere that factor-enrollment writes', async () => {
    const personId = aPerson();
    const { enrolmentId } = await start(personId);
    const code = test.sentCodes.lastTo(personId);
    await confirm(personId, enrolmentId, code);
    const written = await test.everythingWritten();
    expect(written).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)`));
    expect(written).not.toContain('sam@riverside.example');
  });
});
