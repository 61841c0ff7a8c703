import { SettingsService } from '@simplewebauthn/server';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Assertion, Attestation } from './answer';
import { verifiedAssertion } from './assertion';
import { verifiedRegistration } from './attestation';
import type { Ceremony } from './ceremony';

// The file is not part of this repository; where it stands beside it, its vectors are checked.
const vectorFile = join(__dirname, '../../../../../shared/standards/w3c-webauthn-l3-vectors.json');
const hex = z.string().transform((text) => Buffer.from(text, 'hex').toString('base64url'));
const vectorsSchema = z.object({
  rpId: z.string(),
  origin: z.string(),
  attestation_ca_cert: hex,
  vectors: z.array(
    z.object({
      id: z.string(),
      registration: z.object({ challenge: hex, credential_id: hex, clientDataJSON: hex, attestationObject: hex }),
      authentication: z.object({ challenge: hex, authenticatorData: hex, clientDataJSON: hex, signature: hex }),
    }),
  ),
});
type Vectors = z.infer<typeof vectorsSchema>;
const read = (): Vectors =>
  existsSync(vectorFile)
    ? vectorsSchema.parse(JSON.parse(readFileSync(vectorFile, 'utf8')))
    : { rpId: '', origin: '', attestation_ca_cert: '', vectors: [] };
const { rpId, origin, attestation_ca_cert: testRoot, vectors } = read();

/** Vectors that are refused, and why. */
const refusals: Readonly<Record<string, string>> = {
  'none-es256-crossOrigin': 'framed by another site',
  'none-es256-topOrigin': 'framed by another site',
  'packed-es384': 'an algorithm that is not offered',
  'packed-es512': 'an algorithm that is not offered',
  'packed-ed448': 'an algorithm that is not offered',
  'tpm-es256': 'attestation that the library cannot read; none is asked for',
  'android-key-es256': 'attestation that the library cannot read; none is asked for',
  'fido-u2f-es256': 'attestation that the library cannot read; none is asked for',
};
const named = vectors.map((vector) => ({ ...vector, name: vector.id.replace('sctn-test-vectors-', '') }));
const accepted = named.filter(({ name }) => !(name in refusals));

const ceremony = (challenge: string, differing: Partial<Ceremony['relyingParty']> = {}): Ceremony => ({
  challenge,
  relyingParty: { id: rpId, name: 'Riverside', origins: [origin], ...differing },
  requireUserVerification: false,
});
type Vector = Vectors['vectors'][number];
function attestationOf({ registration: { credential_id: id, ...made } }: Vector): Attestation {
  const { clientDataJSON, attestationObject } = made;
  return { id, rawId: id, type: 'public-key', response: { clientDataJSON, attestationObject } };
}
function assertionOf({ registration: { credential_id: id }, authentication }: Vector): Assertion {
  const { clientDataJSON, authenticatorData, signature } = authentication;
  return { id, rawId: id, type: 'public-key', response: { clientDataJSON, authenticatorData, signature } };
}
const register = (vector: Vector, answer = attestationOf(vector), differing: Partial<Ceremony['relyingParty']> = {}) =>
  verifiedRegistration(answer, ceremony(vector.registration.challenge, differing));
async function assert(vector: Vector, answer = assertionOf(vector), differing: Partial<Ceremony['relyingParty']> = {}) {
  const registration = await register(vector);
  if (registration === null) throw new Error('did not register');
  const { passkey } = registration;
  return verifiedAssertion(
    answer,
    { passkey, userHandle: 'c2Ft' },
    ceremony(vector.authentication.challenge, differing),
  );
}

/** The same bytes with one bit turned over. */
function withBitTurned(base64url: string, byte: number, bit = 1): string {
  const bytes = Buffer.from(base64url, 'base64url');
  const at = byte < 0 ? bytes.length + byte : byte;
  bytes.writeUInt8(bytes.readUInt8(at) ^ bit, at);
  return bytes.toString('base64url');
}
const withClientData = (clientDataJSON: string, differing: Record<string, unknown>): string => {
  const told = z.looseObject({}).parse(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()));
  return Buffer.from(JSON.stringify({ ...told, ...differing })).toString('base64url');
};
const clientDataChanges = [
  { type: 'webauthn.other' },
  { challenge: Buffer.alloc(32).toString('base64url') },
  { origin: 'https://example.com' },
  { crossOrigin: true },
  { topOrigin: 'https://example.com' },
];

(vectors.length > 0 ? describe : describe.skip)('R16: the vectors of W3C WebAuthn Level 3', () => {
  // The vector of Apple's attestation was signed under the vectors' own root, as those of real devices are under Apple's.
  beforeAll(() => {
    SettingsService.setRootCertificates({ identifier: 'apple', certificates: [Buffer.from(testRoot, 'base64url')] });
  });

  it.each(accepted)('$name registers and asserts', async (vector) => {
    expect(await register(vector)).toMatchObject({ passkey: { id: vector.registration.credential_id } });
    expect(await assert(vector)).toMatchObject({ signCount: 0 });
  });

  it('all of them are decided on', () => {
    expect(accepted.map(({ name }) => name)).toEqual([
      'none-es256',
      'packed-self-es256',
      'none-es256-long-credential-id',
      'packed-es256',
      'packed-rs256',
      'packed-eddsa',
      'apple-es256',
    ]);
    expect(accepted.length + Object.keys(refusals).length).toBe(vectors.length);
  });

  it.each(named.filter(({ name }) => name in refusals))('$name is refused', async (vector) => {
    expect(await register(vector)).toBeNull();
  });

  it.each(accepted)('$name: no other relying party, no other origin', async (vector) => {
    for (const differing of [{ id: 'example.com' }, { origins: ['https://other.example.org'] }, { origins: [] }]) {
      expect(await register(vector, attestationOf(vector), differing)).toBeNull();
      expect(await assert(vector, assertionOf(vector), differing)).toBeNull();
    }
  });

  it.each(accepted)('$name: with one thing changed in its registration, it is refused', async (vector) => {
    const answer = attestationOf(vector);
    const { clientDataJSON, attestationObject } = answer.response;
    for (const changed of clientDataChanges) {
      const response = { ...answer.response, clientDataJSON: withClientData(clientDataJSON, changed) };
      expect(await register(vector, { ...answer, response })).toBeNull();
    }
    const another = withBitTurned(answer.id, 0);
    expect(await register(vector, { ...answer, id: another, rawId: another })).toBeNull();
    expect(await register(vector, { ...answer, rawId: another })).toBeNull();
    // authData starts with the hash of the relying party's id, then the flags (§6.1).
    const bytes = Buffer.from(attestationObject, 'base64url');
    const rpIdHash = Buffer.from(vector.authentication.authenticatorData, 'base64url').subarray(0, 32);
    const authData = bytes.indexOf(rpIdHash);
    const turned = [[authData, 1] as const, [authData + 32, 1] as const, [authData + 32, 64] as const];
    for (const [byte, bit] of turned) {
      const response = { ...answer.response, attestationObject: withBitTurned(attestationObject, byte, bit) };
      expect(await register(vector, { ...answer, response })).toBeNull();
    }
  });

  it.each(accepted)('$name: with one thing changed in its assertion, it is refused', async (vector) => {
    const answer = assertionOf(vector);
    const { clientDataJSON, authenticatorData, signature } = answer.response;
    for (const changed of [...clientDataChanges, { extra: 'signed over all the same' }]) {
      const response = { ...answer.response, clientDataJSON: withClientData(clientDataJSON, changed) };
      expect(await assert(vector, { ...answer, response })).toBeNull();
    }
    // rpIdHash, each flag, the counter (§6.1); each is signed over.
    const turned = [
      [0, 1],
      [31, 128],
      [32, 1],
      [32, 4],
      [32, 8],
      [32, 16],
      [36, 1],
    ] as const;
    for (const [byte, bit] of turned) {
      const response = { ...answer.response, authenticatorData: withBitTurned(authenticatorData, byte, bit) };
      expect(await assert(vector, { ...answer, response })).toBeNull();
    }
    for (const byte of [0, 8, -1]) {
      const response = { ...answer.response, signature: withBitTurned(signature, byte) };
      expect(await assert(vector, { ...answer, response })).toBeNull();
    }
    const another = withBitTurned(answer.id, 0);
    expect(await assert(vector, { ...answer, id: another, rawId: another })).toBeNull();
  });
});
