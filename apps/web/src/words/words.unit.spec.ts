import { problems } from '@cofactor/contracts';
import { Refusal, Unreachable, type ProblemCode } from '../api/problem';
import { deviceInWords } from './device';
import { tellingHint } from './hint';
import { dayInWords, durationInWords, instantInWords, startOfDay } from './instants';
import { problemSentence, secondsToNextCode } from './problem-sentence';
import { problemWords } from './problem-words';

const refusal = (code: ProblemCode, retryAfter: number | null = null) =>
  new Refusal({ type: '', title: '', status: 400, detail: '', code, requestId: 'q-1' }, retryAfter);
const now = new Date('2026-11-22T14:05:10.000Z');

describe('problems in words', () => {
  it('has a sentence for every problem that the interface can answer', () => {
    expect(Object.keys(problemWords).sort()).toEqual(Object.keys(problems).sort());
  });

  it('never blames and never shows a number of the protocol', () => {
    for (const sentence of Object.values(problemWords))
      expect(sentence).not.toMatch(/oops|invalid|error|\b[45]\d\d\b/i);
  });

  it('says how long to wait for the next code (RFC 6238 §4.1)', () => {
    expect(secondsToNextCode(now)).toBe(20);
    expect(problemSentence(refusal('code-already-used'), now)).toBe(
      'That code was already used. Wait for the next one, about 20 seconds.',
    );
  });

  it('says how long Retry-After asks to wait', () => {
    expect(problemSentence(refusal('too-many-attempts', 200), now)).toContain('Wait 4 minutes');
  });

  it('says why a password is easy to guess, which only the server knows', () => {
    const problem = { ...refusal('password-too-common').problem, detail: 'Choose one that does not repeat your name.' };
    expect(problemSentence(new Refusal(problem, null), now)).toBe(
      'That password is easy to guess. Choose one that does not repeat your name.',
    );
  });

  it('tells a lost connection from a refusal', () => {
    expect(problemSentence(new Unreachable('no answer'), now)).toContain('cannot be reached');
  });
});

describe('instants in words', () => {
  const at = (text: string) => new Date(text);
  const noon = at('2026-11-22T12:00:00');

  it.each([
    ['2026-11-22T09:12:00', 'today at 09:12'],
    ['2026-11-21T23:59:00', 'yesterday at 23:59'],
    ['2026-11-02T09:12:00', '2 November at 09:12'],
    ['2024-05-03T18:40:00', '3 May 2024 at 18:40'],
  ])('%s is "%s"', (instant, words) => {
    expect(instantInWords(at(instant), noon)).toBe(words);
  });

  it('heads a day of records', () => {
    expect(dayInWords(at('2026-11-22T01:00:00'), noon)).toBe('Today, 22 November 2026');
    expect(dayInWords(at('2026-11-02T01:00:00'), noon)).toBe('2 November 2026');
  });

  it.each([
    [0.2, '1 second'],
    [20, '20 seconds'],
    [61, '61 seconds'],
    [91, '2 minutes'],
  ])('%d s is "%s"', (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });

  it('starts a day where the reader lives, and refuses half a date', () => {
    expect(startOfDay('2026-11-22')).toBe(new Date(2026, 10, 22).toISOString());
    expect(startOfDay('2026-02-28', 1)).toBe(new Date(2026, 2, 1).toISOString());
    expect(startOfDay('2026-11')).toBeNull();
  });
});

describe('devices in words', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36', 'Chrome on Windows'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0', 'Edge on Windows'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit Version/19.0 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
    ['curl/8.5.0', 'A program'],
    ['', 'Unknown device'],
    [null, 'Unknown device'],
  ])('%s is "%s"', (userAgent, words) => {
    expect(deviceInWords(userAgent)).toBe(words);
  });
});

describe('hints', () => {
  it('shows a masked number, and not the kind of factor twice', () => {
    expect(tellingHint({ type: 'sms', hint: '•••• 4821' })).toBe('•••• 4821');
    expect(tellingHint({ type: 'totp', hint: 'Authenticator app' })).toBeNull();
    expect(tellingHint({ type: 'totp', hint: '' })).toBeNull();
  });
});
