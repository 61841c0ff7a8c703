import { networkOf } from '@cofactor/service-kit';

/** Coarse protection of the door, above any honest burst; it decides nothing else, and losing it loses nothing. */
export interface FloodControl {
  /** Counts one request of an address; throws `too-many-requests` with the seconds to wait. */
  admit(ip: string): Promise<void>;
}

/** In which requests are counted. */
export const windowSeconds = 10;

/** An IPv4 address stands for itself; of IPv6, the /64 that its holder can choose addresses from. */
export function sourceOf(ip: string): string {
  const network = networkOf(ip);
  return network.endsWith('::/64') ? network : ip;
}
