import { neverUsed } from '../factor';
import { anOccasion, testEffects } from '../test-effects';
import { codeAlphabet, randomCharacters } from './code-alphabet';
import { recoveryCodes, type RecoveryCodesMaterial } from './recovery-codes';

async function aSet(count = 10) {
  const test = testEffects();
  const started = await recoveryCodes.start(
    { fields: {}, accountLabel: 'b', personId: 'sam', count, held: () => Promise.resolve([]) },
    test.effects,
  );
  const codes = started.details['recoveryCodes'] as string[];
  const verify = async (code: string, material: RecoveryCodesMaterial = started.material) =>
    (await recoveryCodes.verify(material, { code }, anOccasion(), test.effects))?.use ?? null;
  return { ...test, ...started, codes, verify, first: codes[0] ?? '' };
}

describe('a set', () => {
  it('has as many codes as asked for, grouped by dashes', async () => {
    const { codes } = await aSet();
    expect(codes).toHaveLength(10);
    for (const code of codes) expect(code).toMatch(/^[2-9a-hj-km-np-tv-z]{4}(-[2-9a-hj-km-np-tv-z]{4}){3}$/);
  });

  it('has look-up characters that are unique in it', async () => {
    const { material } = await aSet(400);
    expect(new Set(material.map(({ lookup }) => lookup)).size).toBe(400);
  });

  it('R10: stores of each code two look-up characters and a salted hash, nothing else', async () => {
    const { material, codes, hashed, first } = await aSet();
    expect(hashed).toEqual(codes.map((code) => code.replaceAll('-', '')));
    expect(new Set(material.map(({ hash }) => hash)).size).toBe(10);
    const stored = JSON.stringify(material);
    for (const code of hashed) expect(stored).not.toContain(code.slice(2, 8));
    expect(Object.keys(material[0] ?? {})).toEqual(['lookup', 'hash']);
    expect(material[0]?.lookup).toBe(first.slice(0, 2));
  });
});

describe('randomness', () => {
  it('the alphabet has 30 characters, none of which look alike', () => {
    expect(new Set(codeAlphabet).size).toBe(30);
    expect(codeAlphabet).not.toMatch(/[0o1liu]/);
  });

  it('R9: at least 64 random bits beside the look-up characters', async () => {
    const { first } = await aSet();
    const secretCharacters = first.replaceAll('-', '').length - 2;
    expect(secretCharacters * Math.log2(codeAlphabet.length)).toBeGreaterThanOrEqual(64);
  });

  it('bytes that would favour the first letters are drawn again', () => {
    const bytes = [255, 240, 239, 0, 30, 29];
    const drawn = randomCharacters(4, (length) => Uint8Array.from(bytes.splice(0, length)));
    expect(drawn).toBe('z22z');
  });

  it('every character is equally likely (chi-squared)', () => {
    const samples = 60_000;
    const counts = new Map([...codeAlphabet].map((character) => [character, 0]));
    const { effects } = testEffects();
    for (const character of randomCharacters(samples, effects.randomBytes)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = samples / codeAlphabet.length;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(30);
    // 29 degrees of freedom: above 80 once in a million runs; without the rejection it stands near 230.
    expect(chiSquared).toBeLessThan(80);
  });
});

describe('a try', () => {
  it('HC5, HT4: each code matches its own place, and works once', async () => {
    const { codes, verify } = await aSet();
    let history = neverUsed;
    for (const [index, code] of codes.entries()) {
      const evidence = await verify(code);
      expect(evidence).toBe(index);
      expect(recoveryCodes.isFresh(history, index)).toBe(true);
      history = recoveryCodes.remember(history, index);
      expect(recoveryCodes.isFresh(history, index)).toBe(false);
    }
    expect(recoveryCodes.remember(history, 3)).toEqual(history);
  });

  it('R3: codes are spent in any order; a later one does not spend an earlier one', () => {
    const used = recoveryCodes.remember(neverUsed, 7);
    expect([6, 7, 8].map((index) => recoveryCodes.isFresh(used, index))).toEqual([true, false, true]);
  });

  it('ignores case, spaces, dashes, and a u written for v', async () => {
    const { codes, first, verify } = await aSet(60);
    const bare = first.replaceAll('-', '');
    for (const typed of [
      bare,
      first.toUpperCase(),
      bare.split('').join(' '),
      `\u2003${first.replaceAll('-', '\u2014')}\t`,
    ]) {
      expect(await verify(typed)).toBe(0);
    }
    const withV = codes.findIndex((code) => code.includes('v'));
    expect(await verify((codes[withV] ?? '').replaceAll('v', 'U'))).toBe(withV);
  });

  it('the secret of another place does not match', async () => {
    const { codes, verify, first } = await aSet();
    expect(await verify(first.slice(0, 2) + (codes[1] ?? '').slice(2))).toBeNull();
  });

  it('computes exactly one hash: of its own place, or the dummy for an unknown prefix or no code at all', async () => {
    const { material, first, verify, compared, effects } = await aSet();
    const known = new Set(material.map(({ lookup }) => lookup));
    const unknown =
      ['22', '33', '44', '55', '66', '77', '88', '99', 'aa', 'bb', 'cc'].find((pair) => !known.has(pair)) ?? '';
    const wrong = first.slice(0, 2) + 'z'.repeat(14);
    for (const typed of [first, wrong, unknown + 'z'.repeat(14), '', 'x', first + 'z', 'o'.repeat(16)]) {
      compared.length = 0;
      await verify(typed);
      expect(compared.map(({ hash }) => hash)).toEqual([
        typed === first || typed === wrong ? material[0]?.hash : effects.dummyHash,
      ]);
    }
  });

  it('matches nothing even where the dummy hash would match', async () => {
    const { material, effects } = await aSet();
    const typed = '2222 not a code';
    const dummyHash = await effects.hash('2222notacode');
    expect(await effects.matchesHash(dummyHash, '2222notacode')).toBe(true);
    expect(await recoveryCodes.verify(material, { code: typed }, anOccasion(), { ...effects, dummyHash })).toBeNull();
  });
});
