import { isIPv4, isIPv6 } from 'node:net';

/** The eight groups of an IPv6 address, in lower case and without leading zeros. */
function groupsOf(ip: string): string[] {
  // The URL parser writes every spelling of an address in one way (RFC 5952), a dotted end too; zones are not for it.
  const { hostname } = new URL(`http://[${ip.split('%')[0] ?? ''}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const list = (text: string): string[] => (text === '' ? [] : text.split(':'));
  if (tail === undefined) return list(head);
  const missing = 8 - list(head).length - list(tail).length;
  return [...list(head), ...Array<string>(missing).fill('0'), ...list(tail)];
}

/** The network of an IPv4 address that a socket for both families reports (RFC 4291 §2.5.5.2), or null. */
function mapped(groups: readonly string[]): string | null {
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return null;
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return `${high >> 8}.${high & 255}.${low >> 8}.0/24`;
}

/**
 * The part of an address that one household or practice shares, however the address is written: /24 of IPv4, /64 of
 * IPv6, within which anyone can take a new address for each request. Anything else is its own network.
 */
export function networkOf(ip: string): string {
  if (isIPv4(ip)) return `${ip.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(ip)) return ip;
  const groups = groupsOf(ip);
  return mapped(groups) ?? `${groups.slice(0, 4).join(':')}::/64`;
}

/**
 * Whom a request is counted against: an IPv4 address stands for itself; of IPv6, the /64 that its holder can choose
 * addresses from.
 */
export function sourceOf(ip: string): string {
  const network = networkOf(ip);
  return network.endsWith('::/64') ? network : ip;
}
