import { DomainError, type HandlersOf, type notificationOperations } from '@cofactor/contracts';
import type { Mode } from '@cofactor/service-kit';
import { OutboxMailer } from '../adapters/mailer.outbox';
import type { Mailer } from '../domain/ports';

/** What would have been sent, newest first. In production mode, or with a real mailer, there is nothing there. */
export const readOutbox =
  (mode: Mode, mailer: Mailer): HandlersOf<typeof notificationOperations>['readOutbox'] =>
  async () => {
    if (mode === 'production' || !(mailer instanceof OutboxMailer)) throw new DomainError('not-found');
    return Promise.resolve({ messages: [...mailer.messages()] });
  };
