import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { open, openJson, seal, sealJson } from './sealing';
import { VaultTampered } from './vault-errors';

const key = randomBytes(32);
const binding = ['factor-secret', 'credential-1', 'person-1'];
const plaintext = Buffer.from('JBSWY3DPEHPK3PXP');

describe('a sealed value', () => {
  it('opens to what was sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.string()), (value, parts) => {
        expect(openJson(key, sealJson(key, value, parts), parts)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('never looks the same twice', () => {
    const seals = Array.from({ length: 200 }, () => seal(key, plaintext, binding));
    expect(new Set(seals.map((sealed) => sealed.subarray(0, 12).toString('hex'))).size).toBe(200);
    expect(new Set(seals.map((sealed) => sealed.subarray(12).toString('hex'))).size).toBe(200);
  });

  const sealed = seal(key, plaintext, binding);
  it.each([...sealed.keys()])('does not open with byte %d altered (nonce 0–11, then ciphertext, tag last)', (index) => {
    const altered = Buffer.from(sealed);
    altered[index] = (altered[index] ?? 0) ^ 1;
    expect(() => open(key, altered, binding)).toThrow(VaultTampered);
  });

  it.each([0, 11, 27, 28, sealed.length - 1])('does not open when cut to %d bytes', (length) => {
    expect(() => open(key, sealed.subarray(0, length), binding)).toThrow(VaultTampered);
  });

  it.each([
    ['another kind', ['contact', 'credential-1', 'person-1']],
    ['another entry', ['factor-secret', 'credential-2', 'person-1']],
    ['another person', ['factor-secret', 'credential-1', 'person-2']],
    ['the same letters in other parts', ['factor-secret', 'credential-1person', '-1']],
    ['parts that hold a quotation mark', ['factor-secret', 'credential-1","person-1']],
    ['fewer parts', ['factor-secret', 'credential-1']],
  ])('does not open as %s', (_, other) => {
    expect(() => open(key, sealed, other)).toThrow(VaultTampered);
  });

  it('does not open under another key, and the error says nothing of it', () => {
    expect(() => open(randomBytes(32), sealed, binding)).toThrow(
      'a sealed value was altered or moved; it cannot be opened',
    );
  });
});
