import { publicApi } from './http';
import { lineOfText } from './line-of-text';

const read = (text: string) => lineOfText(120).safeParse(text);
const sentenceFor = (text: string): string | undefined => read(text).error?.issues[0]?.message;
const hex = (character: number): string => String.fromCodePoint(character);

/** U+061C, the marks, embeddings, overrides and isolates: they show a text in another order. */
const bidirectional = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
/** Soft hyphen, zero-width space, word joiner, invisible plus, byte order mark, Hangul filler, a tag: nothing to see. */
const invisible = [0x00ad, 0x200b, 0x2060, 0x2064, 0xfeff, 0x3164, 0xe0041];

describe('a line of text, such as the name of a person or a practice', () => {
  it.each([...bidirectional, ...invisible].map((code) => [`U+${code.toString(16).toUpperCase()}`, hex(code)]))(
    'with %s, which is not seen, is refused with what to do, so that no two names look alike',
    (_code, character) => {
      expect(sentenceFor(`Elm${character}Street`)).toBe(
        'This holds a character that cannot be seen, perhaps from copying. Type it by hand.',
      );
    },
  );

  it.each([
    ['Persian, with a non-joiner', 'می‌خواهم'],
    ['Sinhala, with a joiner', 'ශ්‍රී'],
    ['Arabic', 'د. أحمد الحسن'],
    ['Hebrew', 'ד״ר כהן'],
    ['Japanese, with a variant of a character', '葛\u{e0100}城'],
    ['emoji, with a variation selector', 'Heart ❤️ clinic'],
  ])('in %s stays as it is', (_script, name) => {
    expect(read(name).data).toBe(name.normalize('NFC'));
  });

  it('needs something to see', () => {
    for (const blank of ['', '  ', '\u200d', '\u200c\ufe0f']) expect(sentenceFor(blank)).toBe('Fill this in.');
  });

  it('holds no control character, line end or half of a pair', () => {
    for (const text of ['a\u0000b', 'a\r\nb', 'a\u0085b', 'a\u2028b', 'a\ud800b'])
      expect(read(text).success).toBe(false);
  });

  it('is trimmed and composed', () => {
    expect(read('  Zoe\u0308 ').data).toBe('Zo\u00eb');
  });
});

it.each(['name', 'manager'] as const)('the %s of a new practice is such a line', (field) => {
  const manager = { name: 'Dr Okafor', email: 'a@practice.example', password: 'x' };
  const practice = { name: 'Elm Street', preset: 'healthcode', manager };
  const changed = field === 'name' ? { name: 'Elm\u202eStreet' } : { manager: { ...manager, name: 'Dr\u200b Okafor' } };
  const { body } = publicApi.createOrganisation;
  expect([body.safeParse(practice).success, body.safeParse({ ...practice, ...changed }).success]).toEqual([
    true,
    false,
  ]);
});
