/** The same look, taken once for all who ask while it is under way: many who ask cost no more than one. */
export function sharedLook<Seen>(look: () => Promise<Seen>): () => Promise<Seen> {
  let underWay: Promise<Seen> | null = null;
  return () => (underWay ??= look().finally(() => (underWay = null)));
}
