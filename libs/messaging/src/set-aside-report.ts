import type { Fact } from '@cofactor/contracts';
import { failureText } from './failures';
import type { MessagingLogger, MessagingMetrics } from './logger';

/** Tells operators of a fact that failed; loudly when it is not tried again by itself. */
export type SetAsideReport = (fact: Fact, state: 'retrying' | 'dead', error: unknown) => void;

export const setAsideReport =
  (consumer: string, logger: MessagingLogger, metrics: MessagingMetrics): SetAsideReport =>
  (fact, state, error) => {
    metrics.setAside(fact.service, fact.type, state);
    const { name: errorName, code: errorCode, message: errorMessage } = failureText(error);
    const { service: source, stream, version, type } = fact;
    const fields = { consumer, source, stream, version, type, errorName, errorCode, errorMessage };
    if (state === 'dead') {
      logger.error(fields, 'a fact failed for the last time; its stream waits for `npm run dead-letters`');
    } else {
      logger.warn(fields, 'a fact failed and was put aside; it is tried again, later facts of its stream wait');
    }
  };
