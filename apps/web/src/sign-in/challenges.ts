import { api } from '../api/client';
import { answered, refusalCode } from '../api/problem';
import type { Method } from '../api/queries';
import { keptChallenges } from './kept-challenges';

export type Challenge = Awaited<ReturnType<typeof issue>>;
/** What answers a challenge: a code, or what the browser's authenticator signed. */
export type Answer = { readonly code: string } | { readonly assertion: object };

/** Whether something goes out to the person when a challenge of this kind is asked for. */
export const isSent = ({ type }: Method): boolean => type === 'sms' || type === 'email';

const issue = (signInId: string, body: { readonly credentialId: string; readonly challengeId?: string }) =>
  answered(api.POST('/v1/sign-ins/{signInId}/challenges', { params: { path: { signInId } }, body }));

/**
 * The challenges of one sign-in. Each is kept while it lives, so that showing a method twice sends one code; if it is
 * over by the time a code comes, a new one takes the same code, once, unless the code belongs to the old one.
 */
export class Challenges {
  readonly #open: Map<string, Promise<Challenge>>;

  constructor(private readonly signInId: string) {
    const kept = Object.entries(keptChallenges.of(signInId));
    this.#open = new Map(kept.map(([credentialId, challenge]) => [credentialId, Promise.resolve(challenge)]));
  }

  /** The challenge of a method that lives, or a new one. */
  async of(method: Method): Promise<Challenge> {
    const { credentialId } = method;
    const before = this.#open.get(credentialId);
    if (before !== undefined && Date.parse((await before).expiresAt) > Date.now()) return before;
    return this.#keep(method, issue(this.signInId, { credentialId }));
  }

  /** Has the code of a challenge sent once more: the same code, with the same end; a new one where that is over. */
  async again(method: Method): Promise<Challenge> {
    const { credentialId } = method;
    const before = await this.#open.get(credentialId);
    if (before === undefined || Date.parse(before.expiresAt) <= Date.now()) return this.of(method);
    const { challengeId } = before;
    return this.#keep(method, issue(this.signInId, { credentialId, challengeId }));
  }

  async answer(method: Method, answer: Answer) {
    const held = this.#open.has(method.credentialId);
    const challenge = await this.of(method);
    try {
      return await this.#send(challenge, answer);
    } catch (error) {
      const over = refusalCode(error) === 'code-expired' || refusalCode(error) === 'not-found';
      if (over) this.#open.delete(method.credentialId);
      if (!over || !held || isSent(method) || 'assertion' in answer) throw error;
      return this.#send(await this.of(method), answer);
    }
  }

  /** Only an answered one is kept: what failed is asked for anew. */
  #keep(method: Method, asked: Promise<Challenge>): Promise<Challenge> {
    const { credentialId } = method;
    const before = this.#open.get(credentialId);
    this.#open.set(credentialId, asked);
    asked.then(
      (challenge) => {
        if (isSent(method)) keptChallenges.keep(this.signInId, credentialId, challenge);
      },
      () => {
        if (before === undefined) this.#open.delete(credentialId);
        else this.#open.set(credentialId, before);
      },
    );
    return asked;
  }

  #send({ challengeId }: Challenge, answer: Answer) {
    const path = { signInId: this.signInId, challengeId };
    return answered(
      api.POST('/v1/sign-ins/{signInId}/challenges/{challengeId}/answer', {
        params: { path },
        body: 'code' in answer ? answer : { assertion: { ...answer.assertion } },
      }),
    );
  }
}
