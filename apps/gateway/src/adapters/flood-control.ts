/** Coarse protection of the door, above any honest burst; it decides nothing else, and losing it loses nothing. */
export interface FloodControl {
  /** Counts one request of an address; throws `too-many-requests` with the seconds to wait. */
  admit(ip: string): Promise<void>;
}

/** In which requests are counted. */
export const windowSeconds = 10;
