import { presets, type Policy } from '@cofactor/contracts';
import { testEffects } from '../test-effects';
import { sms, type SmsMaterial } from './sms';

const under = (differing: Partial<Policy>, organisationId = 'riverside') => ({
  organisationId,
  version: 1,
  policy: { ...presets.healthie, ...differing },
});
const everywhere = under({ smsCountries: ['GB', 'US', 'FR', 'DE', 'IN', 'JE'] });

interface Typed {
  readonly number: string;
  readonly country?: string;
}

function start(fields: Typed, policies = [everywhere], held: readonly SmsMaterial[] = []) {
  const effects = { ...testEffects().effects, policies };
  const input = { accountLabel: 'sam@riverside.example', personId: 'sam', count: 0, held: () => Promise.resolve(held) };
  return sms.start({ ...input, fields: sms.fields.parse(fields) }, effects);
}
const proven: SmsMaterial = { number: '+447400123456', key: 'k'.repeat(43) };

describe('a number for text messages', () => {
  it.each([
    ['07400 123456', 'GB', '+447400123456', '+44 •••• ••• 456'],
    ['(07400) 123-456', 'GB', '+447400123456', '+44 •••• ••• 456'],
    ['+44 7400 123456', undefined, '+447400123456', '+44 •••• ••• 456'],
    ['0044 7400 123456', undefined, '+447400123456', '+44 •••• ••• 456'],
    ['+44 (0)7400 123456', undefined, '+447400123456', '+44 •••• ••• 456'],
    ['+44 7400 123456', 'FR', '+447400123456', '+44 •••• ••• 456'],
    ['(201) 555-0123', 'US', '+12015550123', '+1 •••• ••• 123'],
    ['+1 201 555 0123', undefined, '+12015550123', '+1 •••• ••• 123'],
    ['06 12 34 56 78', 'FR', '+33612345678', '+33 •••• ••• 678'],
    ['+33 6 12 34 56 78', undefined, '+33612345678', '+33 •••• ••• 678'],
    ['01512 3456789', 'DE', '+4915123456789', '+49 •••• ••• 789'],
    ['+49 1512 3456789', undefined, '+4915123456789', '+49 •••• ••• 789'],
    ['081234 56789', 'IN', '+918123456789', '+91 •••• ••• 789'],
    ['+91 81234 56789', undefined, '+918123456789', '+91 •••• ••• 789'],
    ['٠٧٤٠٠ ١٢٣٤٥٦', 'GB', '+447400123456', '+44 •••• ••• 456'],
    ['＋４４７４００１２３４５６', undefined, '+447400123456', '+44 •••• ••• 456'],
    ['\u202a+44 7400 123456\u202c', undefined, '+447400123456', '+44 •••• ••• 456'],
  ])('HC1 AX3: %s (%s) is kept as %s and shown as %s', async (number, country, kept, shown) => {
    const { material, hint } = await start(country === undefined ? { number } : { number, country }, undefined, [
      proven,
    ]);
    expect(material.number).toBe(kept);
    expect(hint).toBe(shown);
    expect(sms.identity(material)).toBe(kept);
  });

  it.each([
    ['0901 234 5678', 'GB', 'cost extra'],
    ['0843 123 4567', 'GB', 'cost extra'],
    ['070 1234 5678', 'GB', 'cost extra'],
    ['+1 900 555 0123', undefined, 'cost extra'],
    ['0151 123 4567', 'GB', 'mobile phone'],
    ['0800 123 4567', 'GB', 'mobile phone'],
    ['07400 12345', 'GB', 'No phone has this number'],
    ['07400 1234567', 'GB', 'No phone has this number'],
    ['+80012345678', undefined, 'mobile phone|No phone'],
    ['+999 123 456', undefined, 'Enter a phone number'],
    ['0800 FLOWER', 'GB', 'Enter a phone number'],
    ['call 07400 123456', 'GB', 'Enter a phone number'],
    ['07400 123456 ext. 5', 'GB', 'Enter a phone number'],
    ['sam@riverside.example', 'GB', 'Enter a phone number'],
    ['07400 123456', undefined, 'Choose the country'],
  ])('%s (%s) is refused: %s', async (number, country, says) => {
    await expect(start(country === undefined ? { number } : { number, country })).rejects.toMatchObject({
      code: 'invalid-fields',
      extras: { errors: [{ pointer: '/number', detail: expect.stringMatching(says) as string }] },
    });
  });

  it('too long, empty or of no country is refused by its fields', () => {
    for (const fields of [{ number: '1'.repeat(41) }, { number: '' }, { number: '07400 123456', country: 'XX' }]) {
      expect(sms.fields.safeParse(fields).success).toBe(false);
    }
  });
});

describe('where codes are sent to', () => {
  const french = { number: '06 12 34 56 78', country: 'FR' };
  const atNumber = (says: string) => ({
    extras: { errors: [{ pointer: '/number', detail: expect.stringContaining(says) as string }] },
  });

  it('is never a country that one of the practices with text messages leaves out', async () => {
    const homeOnly = under({ smsCountries: ['GB'] }, 'hillside');
    await expect(start(french, [everywhere, homeOnly], [proven])).rejects.toMatchObject(atNumber('no text messages'));
    await expect(start({ number: '07400 123456', country: 'GB' }, [everywhere, homeOnly])).resolves.toBeDefined();
  });

  it('is not abroad for a person who never proved a number', async () => {
    await expect(start(french)).rejects.toMatchObject(atNumber('your own country first'));
    await expect(start(french, undefined, [proven])).resolves.toBeDefined();
    await expect(start(french, [under({ smsCountries: ['FR', 'GB'] })])).resolves.toBeDefined();
  });

  it('is at home wherever the calling code of home reaches', async () => {
    const jersey = { number: '07797 712345', country: 'JE' };
    await expect(start(jersey)).resolves.toMatchObject({ hint: '+44 •••• ••• 345' });
  });
});

it('R13: whoever sets up text messages is told that they are restricted, and of something else', async () => {
  const { details } = await start({ number: '07400 123456', country: 'GB' });
  expect(details['notice']).toMatch(/less safe than an authenticator app/);
});
