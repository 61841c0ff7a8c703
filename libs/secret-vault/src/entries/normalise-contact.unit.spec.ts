import fc from 'fast-check';
import { normaliseContact } from './normalise-contact';

describe('the normal form of a contact', () => {
  it.each([
    ['Sam@Riverside.Example', 'sam@riverside.example'],
    ['  sam@riverside.example\n', 'sam@riverside.example'],
    ['SAM＠RIVERSIDE.EXAMPLE', 'sam@riverside.example'],
    ['ﬁona@riverside.example', 'fiona@riverside.example'],
    ['jose\u0301@riverside.example', 'jos\u00e9@riverside.example'],
    ['sam@bücher.example', 'sam@xn--bcher-kva.example'],
    ['sam@XN--BCHER-KVA.example', 'sam@xn--bcher-kva.example'],
  ])('email %j is %j', (typed, normal) => expect(normaliseContact('email', typed)).toBe(normal));

  it.each([
    ['s.am@riverside.example', 'sam@riverside.example'],
    ['sam+mfa@riverside.example', 'sam@riverside.example'],
    ['sam@riverside.example', 'sam@riverside.example.org'],
  ])('emails %j and %j are two', (one, other) =>
    expect(normaliseContact('email', one)).not.toBe(normaliseContact('email', other)),
  );

  it('phone numbers are their digits', () => {
    expect(normaliseContact('phone', '+44 (7700) 900-123')).toBe('+447700900123');
  });

  it('is its own normal form, and never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom('email', 'phone'), fc.string({ unit: 'binary' }), (channel, value) => {
        const normal = normaliseContact(channel, value);
        expect(normaliseContact(channel, normal)).toBe(normal);
      }),
    );
  });
});
