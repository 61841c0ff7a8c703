import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { VaultTampered } from './vault-errors';

const algorithm = 'aes-256-gcm';
export const keyBytes = 32;
/** NIST SP 800-38D §8.2.2: a random 96-bit nonce serves 2^32 seals under one key; no person comes near. */
const nonceBytes = 12;
const tagBytes = 16;

/** What a sealed value is bound to. As JSON, so that no two lists of parts give the same bytes. */
const associatedData = (binding: readonly string[]): Buffer => Buffer.from(JSON.stringify(binding), 'utf8');

/** AES-256-GCM: nonce ‖ ciphertext ‖ tag. Opens only under the same key with the same binding. */
export function seal(key: Buffer, plaintext: Buffer, binding: readonly string[]): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(binding));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Throws VaultTampered for anything that `seal` did not make with this key and binding. */
export function open(key: Buffer, sealed: Buffer, binding: readonly string[]): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new VaultTampered();
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(associatedData(binding));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch {
    throw new VaultTampered();
  }
}

export const sealJson = (key: Buffer, value: unknown, binding: readonly string[]): Buffer =>
  seal(key, Buffer.from(JSON.stringify(value), 'utf8'), binding);

export const openJson = (key: Buffer, sealed: Buffer, binding: readonly string[]): unknown =>
  JSON.parse(open(key, sealed, binding).toString('utf8'));
