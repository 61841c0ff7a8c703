import { ownerOfStream } from './events';
import type { Service } from './fact';

/** A write, as whoever made it names it to a read that must see it (I8). */
export interface Position {
  readonly stream: string;
  readonly version: number;
  /** That of the log: after a restore, versions behind the backup are given out again (docs/adr/0010). */
  readonly epoch: number;
}

const largestVersion = 2_147_483_647;
const shape = /^(.{1,200})@([1-9]\d{0,9})(?:\.([1-9]\d{0,14}))?$/;

/** `<stream>@<version>`, and `<stream>@<version>.<epoch>` in a log that was restored. */
export const positionText = ({ stream, version, epoch }: Position): string =>
  epoch === 1 ? `${stream}@${version}` : `${stream}@${version}.${epoch}`;

/**
 * What `positionText` wrote, and the service that owns the stream. Throws RangeError for a text of another shape, and for
 * a stream that no service owns.
 */
export function parsePosition(text: string): Position & { readonly source: Service } {
  const [, stream = '', version = '', epoch = '1'] = shape.exec(text) ?? [];
  const source = ownerOfStream(stream);
  if (source === undefined || version === '' || Number(version) > largestVersion) {
    throw new RangeError('a position is <stream>@<version> of a stream that a service owns');
  }
  return { source, stream, version: Number(version), epoch: Number(epoch) };
}
