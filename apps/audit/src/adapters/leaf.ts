import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import type { AuditRecord } from '../domain/record';

/** A record as a leaf of its organisation's Merkle tree. */
export interface Leaf {
  /** The record in the one JSON text that it has (RFC 8785). */
  readonly text: string;
  readonly hash: Buffer;
}

/** RFC 9162 §2.1.1: SHA-256(0x00 ‖ data). */
export function leafHash(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(data).digest();
}

/** Throws for text that is not well-formed Unicode: it has no canonical form (RFC 8785 §3.2.2.2). */
export function leafOf(record: AuditRecord): Leaf {
  const text = canonicalize(record);
  if (text === undefined) throw new Error('a record is a JSON object');
  return { text, hash: leafHash(text) };
}
