import { presets } from '@cofactor/contracts';
import { SoftwareAuthenticator, type AskedOfBrowser, type Deviation } from '@cofactor/testkit';
import { aContext, policies, startTestFactorEnrollment, type TestFactorEnrollment } from './factor-enrollment.fixture';

let test: TestFactorEnrollment;
beforeAll(async () => {
  test = await startTestFactorEnrollment();
});
afterAll(() => test.stop());

let people = 0;
const aPerson = (): string => `person-${++people}`;
const aBrowser = (aaguid = '00'.repeat(16)) => new SoftwareAuthenticator('https://mfa.riverside.example', { aaguid });
const type = 'webauthn';
const ruled = { policies: policies(presets.hipaatherapy) };
const refusedAs = (code: string) => ({ code });

async function start(personId: string, fields: Record<string, unknown> = {}) {
  const statement = await test.statement(personId, 'enrol-factor', ruled);
  const request = { statement, type, accountLabel: 'sam@riverside.example', fields } as const;
  const { enrolmentId, details } = await test.client.startEnrolment(request, aContext());
  return { enrolmentId, publicKey: details['publicKey'] as AskedOfBrowser };
}
async function confirm(personId: string, enrolmentId: string, answer: Record<string, unknown>) {
  const statement = await test.statement(personId, 'confirm-enrolment', ruled);
  return test.client.confirmEnrolment({ statement, type, enrolmentId, answer }, aContext());
}
async function enrol(personId: string, browser = aBrowser(), fields: Record<string, unknown> = {}) {
  const { enrolmentId, publicKey } = await start(personId, fields);
  return confirm(personId, enrolmentId, { attestation: browser.create(publicKey) });
}
const factorsOf = async (personId: string) => (await test.client.factorsOf({ personId }, aContext())).factors;

describe('a passkey', () => {
  it('HT3: is added by what the browser made; the first one gives ten recovery codes', async () => {
    const personId = aPerson();
    const { recoveryCodes, proof } = await enrol(personId, aBrowser(), { name: 'Desk key' });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await factorsOf(personId)).toMatchObject([{ type, name: 'Desk key', hint: 'Desk key' }]);
    expect(await test.readProof(proof)).toMatchObject({ factorType: type, amr: ['pop', 'user', 'hwk', 'mfa'] });
    expect((await enrol(personId)).recoveryCodes).toBeNull();
  });

  it('is named after its make where nobody named it, each by a name of its own, in the vault too', async () => {
    const personId = aPerson();
    const make = 'ea9b8d664d011d213ce4b6b48cb575d4';
    await enrol(personId, aBrowser(make));
    const { credentialId } = await enrol(personId, aBrowser(make));
    const name = 'Google Password Manager';
    expect(await factorsOf(personId)).toMatchObject([{ name }, { name: `${name} 2`, hint: `${name} 2` }]);
    expect((await test.secrets.open(credentialId))?.material).toMatchObject({ hint: `${name} 2` });
  });

  it('is not offered to an authenticator that holds one of this person', async () => {
    const [personId, browser] = [aPerson(), aBrowser()];
    await enrol(personId, browser);
    const { publicKey } = await start(personId);
    expect(() => browser.create(publicKey)).toThrow('InvalidStateError');
  });

  it('R17: of a credential id that somebody holds is refused, until they have removed it', async () => {
    const [holder, other] = [aPerson(), aPerson()];
    const browser = aBrowser();
    const first = await start(holder);
    const { credentialId } = await confirm(holder, first.enrolmentId, { attestation: browser.create(first.publicKey) });
    for (const personId of [other, holder]) {
      const { enrolmentId, publicKey } = await start(personId);
      const again = { attestation: browser.createAgain(publicKey) };
      await expect(confirm(personId, enrolmentId, again)).rejects.toMatchObject(refusedAs('credential-taken'));
    }
    expect([(await factorsOf(holder)).length, (await factorsOf(other)).length]).toEqual([1, 0]);
    const statement = await test.statement(holder, 'revoke-factor', ruled);
    await test.client.revokeFactor({ statement, credentialId }, aContext());
    const { enrolmentId, publicKey } = await start(other);
    await confirm(other, enrolmentId, { attestation: browser.createAgain(publicKey) });
    expect(await factorsOf(other)).toHaveLength(1);
  });

  it.each<[string, Deviation]>([
    ['made for another site', { clientData: { origin: 'https://evil.example' } }],
    ['made in a frame', { clientData: { crossOrigin: true } }],
    ['made for another relying party', { rpId: 'evil.example' }],
    ['made with nobody present', { flags: 0 }],
  ])('R16: %s is refused, as a fact', async (_name, deviation) => {
    const personId = aPerson();
    const { enrolmentId, publicKey } = await start(personId);
    const attestation = aBrowser().create(publicKey, deviation);
    await expect(confirm(personId, enrolmentId, { attestation })).rejects.toMatchObject(refusedAs('code-wrong'));
    expect((await test.factsOf(personId)).map((fact) => fact.type)).toEqual(['enrolment.started', 'enrolment.refused']);
  });

  it('takes no code, and nothing that is not base64url', async () => {
    const personId = aPerson();
    const { enrolmentId, publicKey } = await start(personId);
    const attestation = aBrowser().create(publicKey);
    const malformed = { ...attestation, response: { ...attestation.response, attestationObject: '%%%' } };
    const tooLong = { ...attestation, id: 'x'.repeat(1_400), rawId: 'x'.repeat(1_400) };
    for (const answer of [{ code: '123456' }, {}, { attestation: malformed }, { attestation: tooLong }]) {
      await expect(confirm(personId, enrolmentId, answer)).rejects.toMatchObject(refusedAs('invalid-fields'));
    }
  });

  it('HT5: with the last one its recovery codes go, and a new one may be set up', async () => {
    const personId = aPerson();
    const { credentialId } = await enrol(personId);
    const statement = await test.statement(personId, 'revoke-factor', ruled);
    await test.client.revokeFactor({ statement, credentialId }, aContext());
    expect(await test.client.factorsOf({ personId }, aContext())).toMatchObject({
      factors: [],
      recoveryCodes: null,
      setUpOpen: true,
    });
    expect(await test.entriesOf(personId)).toBe(0);
  });

  it('HT5: the last one stays while two-factor authentication is enforced', async () => {
    const personId = aPerson();
    const { credentialId } = await enrol(personId);
    const enforced = { policies: policies({ ...presets.hipaatherapy, enforced: true }) };
    const statement = await test.statement(personId, 'revoke-factor', enforced);
    await expect(test.client.revokeFactor({ statement, credentialId }, aContext())).rejects.toMatchObject(
      refusedAs('policy-needs-factor'),
    );
  });

  it('I4: leaves neither key nor login address in anything that factor-enrollment writes', async () => {
    const { enrolmentId, publicKey } = await start(aPerson());
    const attestation = aBrowser().create(publicKey);
    await confirm(`person-${people}`, enrolmentId, { attestation });
    const written = await test.everythingWritten();
    for (const secret of [attestation.id, publicKey.challenge, 'sam@riverside']) expect(written).not.toContain(secret);
  });
});
