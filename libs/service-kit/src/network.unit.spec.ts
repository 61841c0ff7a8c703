import { networkOf, sourceOf } from './network';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.10', '192.0.2.0/24'],
    ['192.0.2.250', '192.0.2.0/24'],
    ['192.0.3.10', '192.0.3.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:3:3:4:5:6', '2001:db8:1:3::/64'],
    ['not an address', 'not an address'],
  ])('%s → %s', (ip, network) => expect(networkOf(ip)).toBe(network));

  it.each([
    ['2001:db8::1', '2001:db8:0:0:aaaa::2', '2001:0DB8::3', '2001:db8:0:0:1:2:3:4', '2001:db8::9%eth0'],
    ['fe80::1', 'fe80::2:3', 'fe80::2%eth0'],
    ['::1', '::2', '0:0:0:0:0:0:0:3'],
    ['192.0.2.10', '::ffff:192.0.2.77', '::ffff:c000:201', '0:0:0:0:0:FFFF:192.0.2.9'],
  ])('is one however it is written: %s, %s …', (...spellings) => {
    expect([...new Set(spellings.map(networkOf))]).toHaveLength(1);
  });
});

it.each([
  ['192.0.2.10', '192.0.2.10'],
  ['::ffff:192.0.2.10', '::ffff:192.0.2.10'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
])('requests of %s are counted against %s', (ip, source) => expect(sourceOf(ip)).toBe(source));
