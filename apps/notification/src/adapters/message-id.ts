import { timeOrderedId } from '@cofactor/contracts';
import { createHash } from 'node:crypto';

/** The id of the one message about a fact: the same for every delivery of it (DESIGN §6.9), ordered by its time. */
export function messageIdFor(factId: string, at: string): string {
  return timeOrderedId(new Date(at), createHash('sha256').update(`message about ${factId}`).digest());
}
