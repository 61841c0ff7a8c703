/**
 * The writes that this page has made and that a list of others' data may not show yet (I8): stream → where it stood,
 * oldest first. Bounded, because a read only has to wait for what was written a moment ago.
 */
export type Positions = ReadonlyMap<string, { readonly version: number; readonly epoch: number }>;

const kept = 16;
const first = { version: 0, epoch: 1 };

/** Adds what a Cofactor-Position header says: `<stream>@<version>[.<epoch>][, …]`. Parts of another shape are passed over. */
export function remember(positions: Positions, header: string): Positions {
  const next = new Map(positions);
  for (const part of header.split(',')) {
    const [, stream, version, epoch = 1] = /^\s*(\S+)@(\d+)(?:\.(\d+))?\s*$/.exec(part) ?? [];
    if (stream === undefined || version === undefined) continue;
    const known = next.get(stream) ?? first;
    const told = { version: Number(version), epoch: Number(epoch) };
    next.delete(stream);
    const isLater = told.epoch > known.epoch || (told.epoch === known.epoch && told.version > known.version);
    next.set(stream, isLater ? told : known);
  }
  return new Map([...next].slice(-kept));
}

/** The Cofactor-Read-After header that asks for these writes; null when there are none. */
export function readAfter(positions: Positions): string | null {
  if (positions.size === 0) return null;
  return [...positions]
    .map(([stream, { version, epoch }]) => `${stream}@${version}${epoch === 1 ? '' : `.${epoch}`}`)
    .join(', ');
}
