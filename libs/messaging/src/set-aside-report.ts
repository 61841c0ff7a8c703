import type { Fact, Service } from '@cofactor/contracts';
import type { RefusedMessage } from './fact-batch';
import { failureText } from './failures';
import type { MessagingLogger, MessagingMetrics } from './logger';

/** Tells operators of what was put aside; loudly when it is not tried again by itself. */
export interface SetAsideReport {
  fact(fact: Fact, state: 'retrying' | 'dead', error: unknown): void;
  message(source: Service, message: RefusedMessage): void;
}

export const setAsideReport = (
  consumer: string,
  logger: MessagingLogger,
  metrics: MessagingMetrics,
): SetAsideReport => ({
  fact(fact, state, error) {
    metrics.setAside(fact.service, fact.type, state);
    const { name: errorName, code: errorCode, message: errorMessage } = failureText(error);
    const { service: source, stream, version, type } = fact;
    const fields = { consumer, source, stream, version, type, errorName, errorCode, errorMessage };
    if (state === 'dead') {
      logger.error(fields, 'a fact failed for the last time; its stream waits for `npm run dead-letters`');
    } else {
      logger.warn(fields, 'a fact failed and was put aside; it is tried again, later facts of its stream wait');
    }
  },
  message(source, { topic, partition, offset, size, error }) {
    metrics.setAside(source, 'unreadable', 'dead');
    const fields = { consumer, source, topic, partition, offset, size, errorMessage: error };
    logger.error(
      fields,
      'a message is no fact that can be read; it is passed over and waits for `npm run dead-letters`',
    );
  },
});
