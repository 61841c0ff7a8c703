/**
 * The writes that this page has made and that a list of others' data may not show yet (I8): stream → version, oldest
 * first. Bounded, because a read only has to wait for what was written a moment ago.
 */
export type Positions = ReadonlyMap<string, number>;

const kept = 16;

/** Adds what a Cofactor-Position header says: `<stream>@<version>[, …]`. Parts of another shape are passed over. */
export function remember(positions: Positions, header: string): Positions {
  const next = new Map(positions);
  for (const part of header.split(',')) {
    const [, stream, version] = /^\s*(\S+)@(\d+)\s*$/.exec(part) ?? [];
    if (stream === undefined || version === undefined) continue;
    const known = next.get(stream) ?? 0;
    next.delete(stream);
    next.set(stream, Math.max(known, Number(version)));
  }
  return new Map([...next].slice(-kept));
}

/** The Cofactor-Read-After header that asks for these writes; null when there are none. */
export function readAfter(positions: Positions): string | null {
  if (positions.size === 0) return null;
  return [...positions].map(([stream, version]) => `${stream}@${version}`).join(', ');
}
