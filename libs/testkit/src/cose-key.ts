import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { cbor } from './cbor';

/** COSE algorithms (RFC 9053): EdDSA with Ed25519, ES256, RS256. */
export type CoseAlgorithm = -8 | -7 | -257;

export interface CredentialKey {
  /** As a COSE_Key (RFC 9052 §7), CBOR-encoded. */
  readonly publicKey: Buffer;
  sign(data: Buffer): Buffer;
}

const part = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');

function publicKeyOf(algorithm: CoseAlgorithm, key: KeyObject): Buffer {
  const { x, y, n, e } = key.export({ format: 'jwk' });
  const described: Readonly<Record<CoseAlgorithm, readonly (readonly [number, number | Buffer])[]>> = {
    [-8]: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, part(x)],
    ],
    [-7]: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, part(x)],
      [-3, part(y)],
    ],
    [-257]: [
      [1, 3],
      [3, -257],
      [-1, part(n)],
      [-2, part(e)],
    ],
  };
  return cbor(new Map(described[algorithm]));
}

const newPair = (algorithm: CoseAlgorithm) => {
  if (algorithm === -8) return generateKeyPairSync('ed25519');
  if (algorithm === -7) return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
};

/** A new key pair of an authenticator. */
export function newCredentialKey(algorithm: CoseAlgorithm): CredentialKey {
  const { publicKey, privateKey } = newPair(algorithm);
  return {
    publicKey: publicKeyOf(algorithm, publicKey),
    sign: (data) => sign(algorithm === -8 ? null : 'sha256', data, privateKey),
  };
}
