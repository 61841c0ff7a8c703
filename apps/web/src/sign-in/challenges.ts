import { api } from '../api/client';
import { answered, refusalCode } from '../api/problem';

interface Challenge {
  readonly challengeId: string;
  readonly expiresAt: number;
}

/**
 * Answers challenges of one sign-in. A challenge is asked for when there is something to answer, and kept while it
 * lives; if it is over by the time the answer comes, a new one takes the same answer, once.
 */
export class Challenges {
  readonly #open = new Map<string, Challenge>();

  constructor(private readonly signInId: string) {}

  async answer(credentialId: string, code: string) {
    const before = this.#open.get(credentialId);
    const usable = before !== undefined && before.expiresAt > Date.now();
    const challenge = usable ? before : await this.#issue(credentialId);
    try {
      return await this.#send(challenge, code);
    } catch (error) {
      const over = refusalCode(error) === 'code-expired' || refusalCode(error) === 'not-found';
      if (over) this.#open.delete(credentialId);
      if (!over || !usable) throw error;
      return this.#send(await this.#issue(credentialId), code);
    }
  }

  async #issue(credentialId: string): Promise<Challenge> {
    const path = { signInId: this.signInId };
    const issued = await answered(
      api.POST('/v1/sign-ins/{signInId}/challenges', { params: { path }, body: { credentialId } }),
    );
    const challenge = { challengeId: issued.challengeId, expiresAt: Date.parse(issued.expiresAt) };
    this.#open.set(credentialId, challenge);
    return challenge;
  }

  #send(challenge: Challenge, code: string) {
    const path = { signInId: this.signInId, challengeId: challenge.challengeId };
    return answered(
      api.POST('/v1/sign-ins/{signInId}/challenges/{challengeId}/answer', { params: { path }, body: { code } }),
    );
  }
}
