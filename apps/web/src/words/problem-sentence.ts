import { Refusal } from '../api/problem';
import { durationInWords } from './instants';
import { t } from './words';

const period = 30;

/** Seconds until an authenticator app shows its next code (RFC 6238 §4.1: steps of 30 s since 1970). */
export const secondsToNextCode = (now: Date): number => period - (Math.floor(now.getTime() / 1000) % period);

/** What to tell the person about something that went wrong, and what to do next. */
export function problemSentence(error: unknown, now: Date): string {
  if (!(error instanceof Refusal)) return t('trouble.offline');
  const { code, detail } = error.problem;
  const seconds = code === 'code-already-used' ? secondsToNextCode(now) : (error.retryAfter ?? period);
  return t(code, { ns: 'problems', wait: durationInWords(seconds), detail });
}
