import { generateSync } from 'otplib/functional';
import { ScureBase32Plugin } from 'otplib';
import { neverUsed } from '../factor';
import { anOccasion, testEffects } from '../test-effects';
import { totp, type TotpMaterial } from './totp';

const base32 = new ScureBase32Plugin();
const ascii = (text: string) => Buffer.from(text, 'ascii');
/** The seed of RFC 4226 Appendix D and RFC 6238 Appendix B. */
const seed = ascii('12345678901234567890');
const material: TotpMaterial = { secret: base32.encode(seed, { padding: false }) };

const at = (seconds: number) => testEffects(new Date(seconds * 1000)).effects;
const verifyAt = async (seconds: number, code: string) =>
  (await totp.verify(material, { code }, anOccasion(), at(seconds)))?.use ?? null;
const start = (name: string, accountLabel: string, fields = {}) =>
  totp.start(
    { fields: totp.fields.parse(fields), accountLabel, personId: 'sam', count: 0, held: () => Promise.resolve([]) },
    { ...at(0), relyingParty: { id: 'mfa.riverside.example', name, origins: [] } },
  );

describe('published vectors', () => {
  it.each([
    [59, '94287082', '46119246', '90693936'],
    [1_111_111_109, '07081804', '68084774', '25091201'],
    [20_000_000_000, '65353130', '77737706', '47863826'],
  ])('RFC 6238 Appendix B at T=%d, in 8 digits', (epoch, sha1, sha256, sha512) => {
    const repeated = (bytes: number) => ascii('1234567890'.repeat(7).slice(0, bytes));
    const generate = (algorithm: 'sha1' | 'sha256' | 'sha512', bytes: number) =>
      generateSync({ secret: repeated(bytes), algorithm, digits: 8, epoch });
    expect([generate('sha1', 20), generate('sha256', 32), generate('sha512', 64)]).toEqual([sha1, sha256, sha512]);
  });

  it.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [20_000_000_000, '353130', 666_666_666],
  ])('RFC 6238 Appendix B at T=%d, in 6 digits, through the factor', async (epoch, code, step) => {
    expect(await verifyAt(epoch, code)).toBe(step);
  });

  it('RFC 4226 Appendix D: counters 0 to 9 are the steps of the first five minutes', async () => {
    const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
    for (const [step, code] of codes.entries()) {
      if (step > 0) expect(await verifyAt(step * 30, code)).toBe(step);
    }
    expect(await verifyAt(30, '755224')).toBe(0);
  });
});

describe('the window (RFC 6238 §5.2, §6)', () => {
  const step = 59_000_000;
  const codeOf = (number: number) => generateSync({ secret: seed, epoch: number * 30 });

  it.each([step * 30, step * 30 + 29.999])('one step either side of %d s, and no more', async (now) => {
    expect(await verifyAt(now, codeOf(step - 2))).toBeNull();
    expect(await verifyAt(now, codeOf(step - 1))).toBe(step - 1);
    expect(await verifyAt(now, codeOf(step))).toBe(step);
    expect(await verifyAt(now, codeOf(step + 1))).toBe(step + 1);
    expect(await verifyAt(now, codeOf(step + 2))).toBeNull();
  });

  it('R3: a step is refused after itself and after a later one, and accepted after an earlier one', () => {
    const used = totp.remember(neverUsed, step);
    expect([step - 1, step, step + 1].map((evidence) => totp.isFresh(used, evidence))).toEqual([false, false, true]);
    expect(totp.remember(used, step - 1)).toEqual(used);
  });
});

describe('codes as people type them', () => {
  it.each([
    '287 082',
    '287-082',
    ' 2 8 7 0 8 2 ',
    '287\u2013082',
    '287\u00a0082',
    '２８７０８２',
    '٢٨٧٠٨٢',
    '۲۸۷۰۸۲',
    '२८७०८२',
  ])('%j is accepted', async (code) => {
    expect(await verifyAt(59, code)).toBe(1);
  });

  it.each(['28708', '2870820', '94287082', '287o82', '٢٨٧٠٨', '+87082', '1e5', '-'])(
    '%j matches nothing',
    async (code) => {
      expect(await verifyAt(59, code)).toBeNull();
    },
  );
});

describe('what a person gets', () => {
  it('a key of 160 random bits, in base32 without padding', async () => {
    const { material: made } = await start('Riverside', 'sam@riverside.example');
    expect(made.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(base32.decode(made.secret)).toHaveLength(20);
  });

  it('every bit of the key is as often 0 as 1', async () => {
    const samples = 2000;
    const ones = new Array<number>(160).fill(0);
    for (let drawn = 0; drawn < samples; drawn += 1) {
      const { material: made } = await start('a', 'b');
      base32.decode(made.secret).forEach((byte, index) => {
        for (let bit = 0; bit < 8; bit += 1) ones[index * 8 + bit] = (ones[index * 8 + bit] ?? 0) + ((byte >> bit) & 1);
      });
    }
    // Six standard deviations: it fails by chance once in more than a million runs.
    const bound = 6 * Math.sqrt(samples / 4);
    expect(ones.filter((count) => Math.abs(count - samples / 2) > bound)).toEqual([]);
  });

  it('HE2: an otpauth address with the issuer and the login email, percent-encoded', async () => {
    const { details } = await start('Müller & Söhne', 'sam+test@riverside.example');
    expect(details['uri']).toBe(
      'otpauth://totp/M%C3%BCller%20%26%20S%C3%B6hne:sam%2Btest%40riverside.example' +
        `?secret=${String(details['secret'])}&issuer=M%C3%BCller%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30`,
    );
  });

  it('the address can be read back whatever the names hold', async () => {
    for (const [issuer, label] of [
      ['Ward: 7', 'a:b@c.example'],
      ['half \ud800 pair', 'x?y=z#w/%'],
    ] as const) {
      const uri = new URL(String((await start(issuer, label)).details['uri']));
      expect(decodeURIComponent(uri.pathname).split(':')[0]).toBe(`/${String(uri.searchParams.get('issuer'))}`);
    }
  });

  it('its own name, or a plain one', async () => {
    expect((await start('a', 'b', { name: '  Work phone ' })).name).toBe('Work phone');
    expect((await start('a', 'b')).name).toBe('Authenticator app');
  });

  it.each(['', '   ', 'two\nlines', 'a\u2028b', 'x'.repeat(61), 'half \ud800', 7, null])(
    'the name %j is refused',
    (name) => {
      expect(totp.fields.safeParse({ name }).success).toBe(false);
    },
  );

  it.each([
    'Authenticator app 2',
    'authenticatorapponmyphone',
    'Ward 7 East, desk 22',
    'Pixel 9 (2025)',
    '工作电话',
    'گوشی‌ام',
  ])('the name %j is taken', (name) => expect(totp.fields.safeParse({ name }).success).toBe(true));

  it.each(['\u202egnp.exe', 'a\u2066b', 'a\u200bb', '\ufeff', 'my\u00adapp', '\u3164'])(
    'the name %j, which shows as another one, is refused',
    (name) => expect(totp.fields.safeParse({ name }).success).toBe(false),
  );

  it.each([
    'sam@riverside.example',
    'sam＠riverside.example',
    'sam﹫riverside.example',
    '+44 7700 900123',
    '07700-900123',
    '０７７００９００１２３',
    '٠٧٧٠٠٩٠٠١٢٣',
    '07700–900–123',
    'JBSWY3DPEHPK3PXP',
    'jbsw y3dp ehpk 3pxp',
    'key 9fnb-2thy-j34c-yqwb',
  ])('I4: the name %j is refused, because names stand in events', (name) =>
    expect(totp.fields.safeParse({ name }).success).toBe(false),
  );
});
