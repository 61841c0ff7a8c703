/**
 * One key per intended action (API.md, Manners). A request that got no answer keeps its key, so that pressing the
 * button once more cannot do the thing twice; an answered one never lends its key to the next.
 */
export class IdempotencyKeys {
  readonly #unanswered = new Map<string, string>();

  constructor(private readonly newKey: () => string) {}

  keyFor(request: string): string {
    const key = this.#unanswered.get(request) ?? this.newKey();
    this.#unanswered.set(request, key);
    return key;
  }

  answered(request: string): void {
    this.#unanswered.delete(request);
  }
}
