import { presets } from '@cofactor/contracts';
import { SoftwareAuthenticator, type AskedOfBrowser } from '@cofactor/testkit';
import { aContext, policies, startTestFactorEnrollment, type TestFactorEnrollment } from './factor-enrollment.fixture';

let test: TestFactorEnrollment;
beforeAll(async () => {
  test = await startTestFactorEnrollment();
});
afterAll(() => test.stop());

let people = 0;
const aPerson = (): string => `person-${++people}`;
const aBrowser = () => new SoftwareAuthenticator('https://mfa.riverside.example', { aaguid: '00'.repeat(16) });
const passkeys = { policies: policies(presets.hipaatherapy) };
const texts = { policies: policies(presets.accurx) };
const typesOf = async (personId: string) => (await test.factsOf(personId)).map(({ type }) => type);
const noticedOf = async (personId: string) =>
  (await test.factsOf(personId)).filter(({ type }) => type === 'factor.held-by-several').map(({ data }) => data);

async function start(type: 'webauthn' | 'sms', personId: string, ruled: object, fields: Record<string, unknown> = {}) {
  const statement = await test.statement(personId, 'enrol-factor', ruled);
  const request = { statement, type, accountLabel: 'sam@riverside.example', fields };
  return test.client.startEnrolment(request, aContext());
}
async function confirmWith(
  type: 'webauthn' | 'sms',
  personId: string,
  enrolmentId: string,
  answer: Record<string, unknown>,
  key: string | null = null,
) {
  const statement = await test.statement(personId, 'confirm-enrolment', type === 'sms' ? texts : passkeys);
  return test.client.confirmEnrolment({ statement, type, enrolmentId, answer }, aContext(key));
}
async function withNumber(personId: string, number: string): Promise<void> {
  const { enrolmentId } = await start('sms', personId, texts, { number, country: 'GB' });
  await confirmWith('sms', personId, enrolmentId, { code: test.sentCodes.lastTo(personId) });
}
async function startedPasskey(personId: string) {
  const { enrolmentId, details } = await start('webauthn', personId, passkeys);
  return { enrolmentId, publicKey: details['publicKey'] as AskedOfBrowser };
}

describe('a number that several people set up', () => {
  it('AX6: works for each of them, and is noticed with whoever comes second, by its keyed hash alone', async () => {
    const [first, second, another] = [aPerson(), aPerson(), aPerson()];
    await withNumber(first, '07400 123456');
    await withNumber(another, '07400 123999');
    await withNumber(second, '+44 7400 123456');
    expect(await noticedOf(first)).toEqual([]);
    expect(await noticedOf(another)).toEqual([]);
    const { factors } = await test.client.factorsOf({ personId: second }, aContext());
    const credentialId = factors[0]?.credentialId;
    expect(await noticedOf(second)).toEqual([{ credentialId, type: 'sms', personIds: [first] }]);
    expect(await test.everythingWritten()).not.toContain('7400123456');
  });

  it('AX6: is not noticed where one person sets it up twice, or before its code came back', async () => {
    const [one, other] = [aPerson(), aPerson()];
    await withNumber(one, '07400 123789');
    await withNumber(one, '07400 123789');
    await start('sms', other, texts, { number: '07400 123789', country: 'GB' });
    expect([await noticedOf(one), await noticedOf(other)]).toEqual([[], []]);
  });
});

describe('a passkey that somebody holds', () => {
  it('AX6, R17: is refused as a fact, which names who holds it and adds nothing', async () => {
    const [holder, other] = [aPerson(), aPerson()];
    const browser = aBrowser();
    const first = await startedPasskey(holder);
    await confirmWith('webauthn', holder, first.enrolmentId, { attestation: browser.create(first.publicKey) });
    for (const [personId, noticed] of [
      [other, [{ type: 'webauthn', personIds: [holder] }]],
      [holder, []],
    ] as const) {
      const { enrolmentId, publicKey } = await startedPasskey(personId);
      const again = { attestation: browser.createAgain(publicKey) };
      for (const key of [`key-of-${personId}`, `key-of-${personId}`]) {
        await expect(confirmWith('webauthn', personId, enrolmentId, again, key)).rejects.toMatchObject({
          code: 'credential-taken',
        });
      }
      expect((await test.factsOf(personId)).filter(({ type }) => type === 'enrolment.refused')).toMatchObject([
        { data: { enrolmentId, reason: 'taken' } },
      ]);
      expect(await noticedOf(personId)).toMatchObject(noticed);
    }
    expect((await test.client.factorsOf({ personId: other }, aContext())).factors).toEqual([]);
  });

  it('R17: is registered once, however many people confirm it at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const browser = aBrowser();
      const together = await Promise.all(
        Array.from({ length: 4 }, async (_, index) => {
          const personId = aPerson();
          const { enrolmentId, publicKey } = await startedPasskey(personId);
          const attestation = index === 0 ? browser.create(publicKey) : null;
          return { personId, enrolmentId, publicKey, attestation };
        }),
      );
      const answers = together.map(({ publicKey, attestation }) => attestation ?? browser.createAgain(publicKey));
      const outcomes = await Promise.allSettled(
        together.map(({ personId, enrolmentId }, index) =>
          confirmWith('webauthn', personId, enrolmentId, { attestation: answers[index] }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject(
        Array.from({ length: 3 }, () => ({ reason: { code: 'credential-taken' } })),
      );
      const refusals = await Promise.all(together.map(({ personId }) => typesOf(personId)));
      expect(refusals.filter((types) => types.includes('enrolment.refused'))).toHaveLength(3);
    }
  });

  it('R17: is free again with a reset of whoever held it', async () => {
    const [holder, other] = [aPerson(), aPerson()];
    const browser = aBrowser();
    const first = await startedPasskey(holder);
    await confirmWith('webauthn', holder, first.enrolmentId, { attestation: browser.create(first.publicKey) });
    const statement = await test.statement(holder, 'reset-factors', { ...passkeys, actorId: 'amara' });
    await test.client.requestReset({ statement, explanation: 'Lost the key' }, aContext());
    const { enrolmentId, publicKey } = await startedPasskey(other);
    await confirmWith('webauthn', other, enrolmentId, { attestation: browser.createAgain(publicKey) });
    expect((await test.client.factorsOf({ personId: other }, aContext())).factors).toHaveLength(1);
  });
});
