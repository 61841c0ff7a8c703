import type { EncodedUnit } from './encoded-unit';

/** A unit that waits for its commit, and the caller who waits for it. */
export interface PendingAppend {
  readonly unit: EncodedUnit;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Takes the next batch out of the waiting appends: in order of arrival, at most `maximum`, at most one for each
 * stream. One that must wait holds back all later ones on any of its streams, so that no stream is overtaken
 * (DESIGN §6.5). Answers the batch and what goes on waiting.
 */
export function takeBatch(
  waiting: readonly PendingAppend[],
  maximum: number,
): { readonly batch: readonly PendingAppend[]; readonly rest: PendingAppend[] } {
  const batch: PendingAppend[] = [];
  const rest: PendingAppend[] = [];
  const taken = new Set<string>();
  for (const append of waiting) {
    const { streams } = append.unit;
    const free = batch.length < maximum && streams.every(({ stream }) => !taken.has(stream));
    for (const { stream } of streams) taken.add(stream);
    (free ? batch : rest).push(append);
  }
  return { batch, rest };
}
