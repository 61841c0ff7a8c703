import { presets, type Policy } from '@cofactor/contracts';
import {
  SoftwareAuthenticator,
  type AskedOfBrowser,
  type CoseAlgorithm,
  type Deviation,
  type Traits,
} from '@cofactor/testkit';
import fc from 'fast-check';
import type { FactorEffects } from '../factor';
import { anOccasion, testEffects } from '../test-effects';
import { passkeyAnswerSchema } from './answer';
import type { PasskeyMaterial } from './material';
import { webauthn, type PasskeyFields } from './webauthn';

const origin = 'https://mfa.riverside.example';
const setUp = anOccasion({ purpose: 'set-up', id: 'enrolment-1' });
const signIn = anOccasion();
const usual = testEffects().effects;
const ruledBy = (differing: Partial<Policy>): FactorEffects => ({
  ...usual,
  policies: [{ organisationId: 'practice-1', version: 1, policy: { ...presets.hipaatherapy, ...differing } }],
});
const asked = async (material: PasskeyMaterial, occasion = signIn, effects = usual) =>
  (await webauthn.ask(material, occasion, effects)).details['publicKey'] as AskedOfBrowser;

const startFor = (fields: PasskeyFields = {}, held: readonly PasskeyMaterial[] = []) =>
  webauthn.start(
    {
      fields,
      accountLabel: 'sam@riverside.example',
      personId: 'person-7',
      count: 0,
      held: () => Promise.resolve(held),
    },
    usual,
  );
interface Enrolling {
  readonly traits?: Partial<Traits>;
  readonly at?: string;
  readonly fields?: PasskeyFields;
  readonly deviation?: Deviation;
  readonly effects?: FactorEffects;
}
async function enrol({ traits = {}, at = origin, fields = {}, deviation = {}, effects = usual }: Enrolling = {}) {
  const browser = new SoftwareAuthenticator(at, traits);
  const { material } = await startFor(fields);
  const answer = passkeyAnswerSchema.parse({ attestation: browser.create(await asked(material, setUp), deviation) });
  return { browser, confirmed: await webauthn.confirm(material, answer, setUp, effects) };
}
async function enrolled(enrolling: Enrolling = {}) {
  const { browser, confirmed } = await enrol(enrolling);
  if (confirmed === null) throw new Error('was not confirmed');
  const { material } = confirmed;
  const use = async (deviation: Deviation = {}, effects = usual, occasion = signIn) => {
    const answer = passkeyAnswerSchema.parse({ assertion: browser.get(await asked(material, occasion), deviation) });
    return webauthn.verify(material, answer, signIn, effects);
  };
  return { browser, confirmed, material, use };
}

describe('a passkey', () => {
  it.each<[string, CoseAlgorithm]>([
    ['EdDSA', -8],
    ['ES256', -7],
    ['RS256', -257],
  ])('of %s is registered and used', async (_name, algorithm) => {
    const { material, use } = await enrolled({ traits: { algorithm } });
    expect(material).toMatchObject({ state: 'registered', passkey: { algorithm, transports: ['internal'] } });
    expect(await use()).toMatchObject({ use: signIn.askedAt.getTime(), signatures: { atFirst: 1, now: 2 } });
  });

  it('R18: is asked with 32 bytes that differ for each occasion, and the same for the same', async () => {
    const { material } = await startFor();
    const challenges = await Promise.all(
      [setUp, setUp, anOccasion({ purpose: 'set-up', id: 'enrolment-2' })].map((one) => asked(material, one)),
    );
    expect(challenges.map(({ challenge }) => Buffer.from(challenge, 'base64url').length)).toEqual([32, 32, 32]);
    expect(new Set(challenges.map(({ challenge }) => challenge)).size).toBe(2);
  });

  it('is asked for as the policy says, once on each authenticator, by no personal user handle', async () => {
    const first = await enrolled();
    const { material } = await startFor({}, [first.material]);
    const { publicKey } = (await webauthn.ask(material, setUp, ruledBy({ userVerification: 'required' }))).details;
    expect(publicKey).toMatchObject({
      rp: { id: 'mfa.riverside.example', name: 'Riverside Practice' },
      user: { id: Buffer.from('person-7').toString('base64url'), name: 'sam@riverside.example' },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: [{ type: 'public-key', id: webauthn.identity(first.material), transports: ['internal'] }],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      attestation: 'none',
    });
    expect(() => first.browser.create(publicKey as AskedOfBrowser)).toThrow('InvalidStateError');
  });

  it.each([
    ['fbfc3007154e4ecc8c0b6e020557d7bd', 'iCloud Keychain'],
    ['00000000000000000000000000000000', 'Passkey'],
  ])('of the make %s is called %s, unless the person named it', async (aaguid, name) => {
    expect((await enrolled({ traits: { aaguid } })).confirmed.name).toBe(name);
    expect((await enrolled({ traits: { aaguid }, fields: { name: 'Desk key' } })).confirmed.name).toBeUndefined();
  });

  it('forgets the login address once it is registered', async () => {
    expect(JSON.stringify((await enrolled()).material)).not.toContain('riverside.example');
  });

  it.each([
    [{ synced: false, verifiesUser: true }, ['hwk', 'mfa']],
    [{ synced: true, verifiesUser: true }, ['swk', 'mfa']],
    [{ synced: true, verifiesUser: false }, ['swk']],
  ])('R15, R30: of %j adds %j to pop and user', async (traits, amr) => {
    const { confirmed, use } = await enrolled({ traits });
    expect([confirmed.evidence.amr, (await use())?.amr]).toEqual([amr, amr]);
    expect(webauthn.amr).toEqual(['pop', 'user']);
  });
});

describe('R16: what is signed for real, but not as it was asked for', () => {
  const deviations: readonly (readonly [string, Deviation])[] = [
    ['another type', { clientData: { type: 'webauthn.other' } }],
    ['another challenge', { clientData: { challenge: Buffer.alloc(32).toString('base64url') } }],
    ['another origin', { clientData: { origin: 'https://mfa.riverside.example.evil.example' } }],
    ['a frame of another site', { clientData: { crossOrigin: true } }],
    ['a frame that names its top', { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } }],
    ['a top without a frame', { clientData: { topOrigin: 'https://evil.example' } }],
    ['a frame that is neither', { clientData: { crossOrigin: 'no' } }],
    ['another relying party', { rpId: 'evil.example' }],
    ['nobody present (UP)', { flags: 4 }],
    ['a backup of what cannot be backed up (BS without BE)', { flags: 1 + 4 + 16 }],
  ];

  it.each(deviations)('%s: does not register', async (_name, deviation) => {
    expect((await enrol({ deviation })).confirmed).toBeNull();
  });

  it.each(deviations)('%s: is no use', async (_name, deviation) => {
    const { use } = await enrolled();
    expect(await use(deviation)).toBeNull();
    expect(await use()).not.toBeNull();
  });

  it('BE that changed is no use, in either direction', async () => {
    expect(await (await enrolled()).use({ flags: 1 + 4 + 8 })).toBeNull();
    expect(await (await enrolled({ traits: { synced: true } })).use({ flags: 1 + 4 })).toBeNull();
    expect(await (await enrolled({ traits: { synced: true } })).use({ flags: 1 + 4 + 8 })).not.toBeNull();
  });

  it('R15: an unverified user is refused where the policy asks for more', async () => {
    const strict = ruledBy({ userVerification: 'required' });
    const traits = { verifiesUser: false };
    expect((await enrol({ traits, effects: strict })).confirmed).toBeNull();
    const { use } = await enrolled({ traits });
    expect(await use({}, strict)).toBeNull();
    expect(await use({}, ruledBy({ userVerification: 'preferred' }))).not.toBeNull();
  });

  it('two origins work, a third does not', async () => {
    const origins = [origin, 'https://app.riverside.example'];
    const effects = { ...usual, relyingParty: { ...usual.relyingParty, origins } };
    for (const at of origins) {
      const { use } = await enrolled({ at, effects });
      expect(await use({}, effects)).not.toBeNull();
    }
    expect((await enrol({ at: 'https://www.riverside.example', effects })).confirmed).toBeNull();
  });

  it('R17: another credential, another person’s handle, another challenge’s answer are no use', async () => {
    const [own, others] = [await enrolled(), await enrolled()];
    const assertion = own.browser.get(await asked(own.material));
    const verify = (changed: object) =>
      webauthn.verify(
        own.material,
        passkeyAnswerSchema.parse({ assertion: { ...assertion, ...changed } }),
        signIn,
        usual,
      );
    const foreign = others.browser.get(await asked(others.material));
    expect(await verify(foreign)).toBeNull();
    expect(await verify({ id: foreign.id, rawId: foreign.id })).toBeNull();
    expect(await verify({ response: { ...assertion.response, userHandle: 'ZXZl' } })).toBeNull();
    expect(await own.use({}, usual, anOccasion({ id: 'challenge-2' }))).toBeNull();
    expect(await verify({})).not.toBeNull();
  });

  it('an answer of the other kind matches nothing', async () => {
    const { material, browser } = await enrolled();
    const started = await startFor();
    const attestation = browser.create(await asked(started.material, setUp));
    const assertion = browser.get(await asked(material));
    expect(await webauthn.verify(material, passkeyAnswerSchema.parse({ attestation }), signIn, usual)).toBeNull();
    const asConfirmation = passkeyAnswerSchema.parse({ assertion });
    expect(await webauthn.confirm(started.material, asConfirmation, setUp, usual)).toBeNull();
  });
});

describe('bad input', () => {
  const bad = ['', 'ä', 'a=b', '%%%%', 'a b', 'x'.repeat(40_000)];

  it.each(['id', 'rawId', 'clientDataJSON', 'authenticatorData', 'signature'])(
    'in %s is refused by the schema',
    async (field) => {
      const { material, browser } = await enrolled();
      const { response, ...rest } = browser.get(await asked(material));
      for (const text of bad) {
        const assertion =
          field in response
            ? { ...rest, response: { ...response, [field]: text } }
            : { ...rest, response, [field]: text };
        expect(passkeyAnswerSchema.safeParse({ assertion }).success).toBe(false);
      }
    },
  );

  it('that the schema lets through never throws', async () => {
    const { material } = await enrolled();
    const { material: started } = await startFor();
    const text = fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/);
    const clientData = fc.oneof(
      text,
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    const credential = { id: text, rawId: text, type: fc.constant('public-key') };
    const answers = fc.oneof(
      fc.record({
        attestation: fc.record({
          ...credential,
          response: fc.record({ clientDataJSON: clientData, attestationObject: text }),
        }),
      }),
      fc.record({
        assertion: fc.record({
          ...credential,
          response: fc.record({ clientDataJSON: clientData, authenticatorData: text, signature: text }),
        }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(answers, async (candidate) => {
        const answer = passkeyAnswerSchema.parse(candidate);
        expect(await webauthn.verify(material, answer, signIn, usual)).toBeNull();
        expect(await webauthn.confirm(started, answer, setUp, usual)).toBeNull();
      }),
    );
  });
});
