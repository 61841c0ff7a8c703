/** A code that was to be sent, as notification is asked for it. */
export interface SentCode {
  readonly personId: string;
  readonly occasion: { readonly id: string; readonly purpose: string; readonly asked: number };
  readonly to: { readonly kind: string; readonly number?: string };
  readonly code: string;
  readonly expiresAt: string;
}

/** Notification, played at its door: keeps the codes that it is asked to send, or refuses them. */
export class SentCodes {
  readonly all: SentCode[] = [];
  /** Thrown instead of an answer, while there is one. */
  refusal: Error | null = null;

  readonly sendCode = (request: SentCode): Promise<{ readonly delivery: 'sent' }> => {
    if (this.refusal) return Promise.reject(this.refusal);
    this.all.push(request);
    return Promise.resolve({ delivery: 'sent' });
  };

  /** The code that was sent last to this person. */
  lastTo(personId: string): string {
    const sent = this.all.filter((one) => one.personId === personId).at(-1);
    if (!sent) throw new Error('no code was sent');
    return sent.code;
  }
}
