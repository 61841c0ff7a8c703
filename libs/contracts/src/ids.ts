/**
 * A UUID version 7 (RFC 9562 §5.7): 36 characters, sortable by the millisecond of `at`.
 * `random` supplies at least 10 bytes; the same arguments give the same id.
 */
export function timeOrderedId(at: Date, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('timeOrderedId needs 10 random bytes');
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes.set(random.subarray(0, 10), 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
