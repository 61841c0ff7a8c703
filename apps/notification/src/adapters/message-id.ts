import { timeOrderedId } from '@cofactor/contracts';
import { createHash } from 'node:crypto';

/** The id of the one message about a fact: the same for every delivery of it (DESIGN §6.9), ordered by its time. */
export function messageIdFor(factId: string, at: string): string {
  return timeOrderedId(new Date(at), createHash('sha256').update(`message about ${factId}`).digest());
}

/** The id of the message that brings a code for the so-manieth time: the same however often that is asked of us. */
export function codeMessageIdFor(
  { id, purpose, asked }: { readonly id: string; readonly purpose: string; readonly asked: number },
  expiresAt: string,
): string {
  const text = JSON.stringify(['code', purpose, id, asked]);
  return timeOrderedId(new Date(expiresAt), createHash('sha256').update(text).digest());
}
