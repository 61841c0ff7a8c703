import { ConnectionLost, DatabaseUnreachable } from '@cofactor/event-store';
import { delayAfter } from './backoff';
import { failureText, isDatabaseFault } from './failures';

const refused = (code: string, message = 'refused'): Error => Object.assign(new Error(message), { code });

describe('telling a database that is away from a fact that cannot be handled', () => {
  it.each(['08006', '53300', '57P01', '57014', '40001', '40P01', '55P03'])('SQLSTATE %s passes by itself', (code) => {
    expect(isDatabaseFault(refused(code))).toBe(true);
    expect(isDatabaseFault(Object.assign(new Error('query failed'), { driverError: refused(code) }))).toBe(true);
    expect(isDatabaseFault(new Error('while writing', { cause: refused(code) }))).toBe(true);
  });

  it.each(['22P02', '23505', '42P01', 'P0001', 'EPIPE', 'ECONNREFUSED'])('%s is the fact’s or handler’s', (code) => {
    expect(isDatabaseFault(refused(code))).toBe(false);
  });

  it('knows the event store’s own errors of connections', () => {
    expect(isDatabaseFault(new DatabaseUnreachable(null))).toBe(true);
    expect(isDatabaseFault(new ConnectionLost(null))).toBe(true);
    expect(isDatabaseFault(new TypeError('x is undefined'))).toBe(false);
    expect(isDatabaseFault('thrown text')).toBe(false);
  });
});

describe('I4 the text of a failure', () => {
  it('ends before the value that a data exception or a parser quotes', () => {
    const text = failureText(refused('22P02', 'invalid input syntax for type uuid: "can"ary"'));
    expect(text).toEqual({ name: 'Error', code: '22P02', message: 'invalid input syntax for type uuid: "…' });
    const parsing = (): unknown => JSON.parse('canary');
    expect(parsing).toThrow(SyntaxError);
    try {
      parsing();
    } catch (error) {
      expect(failureText(error).message).not.toContain('canary');
    }
  });

  it('keeps at most 500 characters, and no U+0000', () => {
    expect(failureText(new Error(`\u0000${'x'.repeat(600)}`)).message).toBe('x'.repeat(500));
  });
});

describe('the waits between attempts', () => {
  it('grow threefold up to the longest and end after the last attempt', () => {
    const plan = { attempts: 5, firstDelay: 1, longestDelay: 20 };
    expect([1, 2, 3, 4, 5].map((attempt) => delayAfter(attempt, plan))).toEqual([1, 3, 9, 20, null]);
  });
});
