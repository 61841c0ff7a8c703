import { DomainError, type HandlersOf, type notificationOperations } from '@cofactor/contracts';
import type { Mode } from '@cofactor/service-kit';
import type { Outbox } from '../adapters/outbox';

/** What would have been sent, newest first. In production mode, or where all is really sent, there is nothing there. */
export const readOutbox =
  (mode: Mode, outbox: Outbox | null): HandlersOf<typeof notificationOperations>['readOutbox'] =>
  async () => {
    if (mode === 'production' || outbox === null) throw new DomainError('not-found');
    return Promise.resolve({ messages: [...outbox.messages()] });
  };
