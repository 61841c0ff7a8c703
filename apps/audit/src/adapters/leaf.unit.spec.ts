import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leafHash, leafOf } from './leaf';
import { recordIdOf } from './record-id';
import { recordsOf, type AuditRecord } from '../domain/record';
import { sampleFact } from '../domain/sample-facts';

/** The leaves of the published tests of RFC 6962. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);

function root(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (only && hashes.length === 1) return only;
  const half = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1);
  const node = createHash('sha256').update(Buffer.of(1));
  return node
    .update(root(hashes.slice(0, half)))
    .update(root(hashes.slice(half)))
    .digest();
}

const vectorFile = join(__dirname, '../../../../../shared/standards/merkle-vectors.json');

describe('leafHash', () => {
  it('R37: gives the published root of the eight leaves of RFC 6962', () => {
    expect(root(leaves.map(leafHash)).toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  // The file is not part of this repository; where it stands beside it, its leaves are checked too.
  (existsSync(vectorFile) ? it : it.skip)('R37: gives the leaf hashes of the published vectors', () => {
    const { inclusion } = JSON.parse(readFileSync(vectorFile, 'utf8')) as {
      inclusion: { leafIdx: string; leafHash: string; wantErr: boolean; file: string }[];
    };
    // The numbered ones are of trees of these leaves.
    const valid = inclusion.filter(({ wantErr, file }) => !wantErr && /^inclusion\/\d/.test(file));
    expect(valid).toHaveLength(5);
    for (const { leafIdx, leafHash: expected } of valid) {
      expect(leafHash(leaves[Number(leafIdx)] ?? 'none').toString('base64')).toBe(expected);
    }
  });
});

describe('leafOf', () => {
  const [record] = recordsOf(sampleFact('challenge.passed'), recordIdOf);
  if (!record) throw new Error('a fact has a record');
  const upsideDown = Object.fromEntries(Object.entries(record).reverse()) as unknown as AuditRecord;

  it('RFC 8785: is the same for the same record, in whatever order its fields came', () => {
    expect(leafOf(upsideDown)).toEqual(leafOf(record));
    expect(leafOf(record).text).toMatch(/^\{"actor":\{"id":"sam","kind":"person"\},"at":"2026-03-01T09:30:00.000Z",/);
    expect(JSON.parse(leafOf(record).text)).toEqual(record);
  });

  it('RFC 8785 §3.2.3: sorts by UTF-16 code units and writes numbers and text in their one form', () => {
    const odd = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude02': 5, '\u0080': 6, '\u00f6': 7, n: 1e21 };
    const text = leafOf(odd as unknown as AuditRecord).text;
    expect(text).toBe('{"\\r":2,"1":4,"n":1e+21,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude02":5,"\ufb33":3}');
  });

  it('R37: changes when any field changes', () => {
    const hash = leafOf(record).hash.toString('hex');
    for (const field of Object.keys(record)) {
      expect(leafOf({ ...record, [field]: 'tampered' }).hash.toString('hex')).not.toBe(hash);
    }
  });

  it('refuses text that is no Unicode', () => {
    expect(() => leafOf({ ...record, requestId: '\ud800' })).toThrow('surrogate');
  });
});
