import { presets } from '@cofactor/contracts';
import { SoftwareAuthenticator, type AskedOfBrowser, type Deviation, type Traits } from '@cofactor/testkit';
import { aContext, startTestChallenge, type Enrolled, type TestChallenge } from './challenge.fixture';
import { People } from './people.fixture';

let test: TestChallenge;
let people: People;
beforeAll(async () => {
  test = await startTestChallenge();
  people = new People(test);
});
afterAll(() => test.stop());

const origin = 'https://mfa.riverside.example';
const refusedAs = (code: string) => ({ code });
type Passkey = Enrolled & { readonly browser: SoftwareAuthenticator };

async function aPasskey(traits: Partial<Traits> = {}): Promise<Passkey> {
  const browser = new SoftwareAuthenticator(origin, traits);
  const setUp = (asked: Record<string, unknown>) => ({
    attestation: browser.create(asked['publicKey'] as AskedOfBrowser),
  });
  const enrolled = await test.enrolled('webauthn', { setUp });
  test.clock.advance(1);
  return { ...enrolled, browser };
}
/** A challenge in the one sign-in of its person, and its answers. */
async function challenged(passkey: Passkey) {
  const { challengeId, details, ...issued } = await people.issue(passkey);
  const publicKey = details['publicKey'] as AskedOfBrowser;
  const sign = (deviation: Deviation = {}) => ({ assertion: passkey.browser.get(publicKey, deviation) });
  return { ...issued, challengeId, publicKey, sign };
}
async function answer(passkey: Passkey, challengeId: string, made: Record<string, unknown>, client = test.client) {
  const statement = await test.statement(passkey.personId);
  return client.answerChallenge({ statement, challengeId, answer: made }, aContext());
}
async function use(passkey: Passkey, deviation: Deviation = {}) {
  test.clock.advance(1);
  const { challengeId, sign } = await challenged(passkey);
  return answer(passkey, challengeId, sign(deviation));
}

describe('a sign-in with a passkey', () => {
  it('HT1: is asked for this one passkey, and vouched for with what it showed (R30)', async () => {
    const passkey = await aPasskey();
    const { challengeId, publicKey, sign, type } = await challenged(passkey);
    expect(type).toBe('webauthn');
    expect(publicKey).toMatchObject({ rpId: 'mfa.riverside.example', allowCredentials: [{ type: 'public-key' }] });
    expect(Buffer.from(publicKey.challenge, 'base64url')).toHaveLength(32);
    const { proof } = await answer(passkey, challengeId, sign());
    expect(await test.readProof(proof)).toMatchObject({ factorType: 'webauthn', amr: ['pop', 'user', 'hwk', 'mfa'] });
  });

  it.each([-8, -7, -257] as const)('works with the algorithm %i, again and again', async (algorithm) => {
    const passkey = await aPasskey({ algorithm });
    await use(passkey);
    await use(passkey);
    const types = (await test.eventsOf(passkey.credentialId)).map((event) => event.type);
    expect(types).toEqual(['challenge.issued', 'challenge.passed', 'challenge.issued', 'challenge.passed']);
  });

  it('R18, I2: of 20 parallel submits over two replicas each gives the one pass, and later none does', async () => {
    const passkey = await aPasskey();
    const { challengeId, sign } = await challenged(passkey);
    const [made, other] = [sign(), await test.replica()];
    const clients = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? test.client : other));
    const proofs = await Promise.all(clients.map((client) => answer(passkey, challengeId, made, client)));
    expect(new Set(proofs.map(({ proof }) => proof)).size).toBe(1);
    expect((await people.reasonsOf(passkey)).filter((reason) => reason === 'challenge.passed')).toHaveLength(1);
    test.clock.advance(61);
    await expect(answer(passkey, challengeId, made)).rejects.toMatchObject(refusedAs('code-already-used'));
    await expect(answer(passkey, challengeId, sign())).rejects.toMatchObject(refusedAs('code-already-used'));
  });

  it('R19: a counter that does not move on is refused as a copy, in the audit too, and is no guess', async () => {
    const passkey = await aPasskey();
    await use(passkey, { signCount: 7 });
    for (const signCount of [7, 6, 0]) {
      await expect(use(passkey, { signCount })).rejects.toMatchObject(refusedAs('authenticator-copied'));
    }
    await use(passkey, { signCount: 8 });
    const reasons = await people.reasonsOf(passkey);
    expect(reasons.filter((reason) => reason === 'counter-not-increased')).toHaveLength(3);
  });

  it('R19: holds over Redis and replicas, since the last counter stands in the stream', async () => {
    const passkey = await aPasskey();
    await use(passkey, { signCount: 7 });
    test.clock.advance(1);
    const { challengeId, sign } = await challenged(passkey);
    const fresh = await test.replica();
    await expect(answer(passkey, challengeId, sign({ signCount: 7 }), fresh)).rejects.toMatchObject(
      refusedAs('authenticator-copied'),
    );
  });

  it('R19: starts at what the counter was at the set-up; one that stays at 0 does not count', async () => {
    const counting = await aPasskey();
    await expect(use(counting, { signCount: 1 })).rejects.toMatchObject(refusedAs('authenticator-copied'));
    const synced = await aPasskey({ counts: false, synced: true });
    await use(synced);
    await use(synced);
  });

  it('R15: an unverified user is refused where the policy asks for a PIN or a biometric', async () => {
    const passkey = await aPasskey({ verifiesUser: false });
    const { challengeId, sign } = await challenged(passkey);
    const strict = { ...presets.hipaatherapy, userVerification: 'required' as const };
    const policies = [{ organisationId: 'practice-1', version: 1, policy: strict }];
    const statement = await test.statement(passkey.personId, { policies });
    const request = { statement, challengeId, answer: sign() };
    await expect(test.client.answerChallenge(request, aContext())).rejects.toMatchObject(refusedAs('code-wrong'));
    await expect(answer(passkey, challengeId, sign())).resolves.toBeDefined();
  });

  it('an answer to another challenge, or of another person’s passkey, is wrong', async () => {
    const [passkey, others] = [await aPasskey(), await aPasskey()];
    const [one, other, foreign] = [await challenged(passkey), await challenged(passkey), await challenged(others)];
    await expect(answer(passkey, other.challengeId, one.sign())).rejects.toMatchObject(refusedAs('code-wrong'));
    await expect(answer(passkey, one.challengeId, foreign.sign())).rejects.toMatchObject(refusedAs('code-wrong'));
    await expect(answer(passkey, foreign.challengeId, one.sign())).rejects.toMatchObject(refusedAs('code-expired'));
  });

  it('takes no code, and nothing that is not base64url', async () => {
    const passkey = await aPasskey();
    const { challengeId, sign } = await challenged(passkey);
    const { assertion } = sign();
    const malformed = { ...assertion, response: { ...assertion.response, signature: 'a=b' } };
    const tooLong = { ...assertion, response: { ...assertion.response, clientDataJSON: 'x'.repeat(6_000) } };
    for (const made of [{ code: '123456' }, {}, { assertion: malformed }, { assertion: tooLong }]) {
      await expect(answer(passkey, challengeId, made)).rejects.toMatchObject(refusedAs('invalid-fields'));
    }
  });

  it('I4: leaves neither challenge nor credential id in anything that challenge writes', async () => {
    const passkey = await aPasskey();
    const { challengeId, sign, publicKey } = await challenged(passkey);
    const made = sign();
    await answer(passkey, challengeId, made);
    const written = await test.everythingWritten();
    const secrets = [publicKey.challenge, made.assertion.id, made.assertion.response.signature];
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});
