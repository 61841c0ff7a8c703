import { createLogger, describeError, nestLogger } from './logging';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('identity', 'debug', { write: (line: string) => void lines.push(line) }));
  return lines.join('');
}

describe('I4 R2 the log', () => {
  it('replaces secrets and personal fields at every depth that a request has', () => {
    const text = logged((logger) =>
      logger.info({
        password: 'canary',
        body: { code: 'canary', manager: { email: 'canary' } },
        headers: { authorization: 'canary', cookie: 'canary' },
        source: { ip: 'canary', userAgent: 'canary' },
      }),
    );
    expect(text).not.toContain('canary');
    expect(text).toContain('[redacted]');
  });

  it('keeps the message of a database error out, which can repeat the values of a row', () => {
    const error = Object.assign(new Error('Key (email)=(canary) already exists.'), {
      severity: 'ERROR',
      code: '23505',
    });
    const text = logged((logger) => logger.error({ err: error }, 'operation failed'));
    expect(text).not.toContain('canary');
    expect(text).toContain('23505');
  });

  it('tells name, message and place of our own errors, and the kind of what is no error', () => {
    expect(describeError(new TypeError('state is gone'))).toMatchObject({
      kind: 'TypeError',
      message: 'state is gone',
    });
    expect(describeError('canary')).toEqual({ kind: 'string' });
  });

  it("hands on Nest's own lines, its start-up ones at debug level", () => {
    const text = logged((logger) => {
      nestLogger(logger).log('started');
      nestLogger(logger).error(new Error('broken'));
    });
    expect(text.match(/"level":\d+/g)).toEqual(['"level":20', '"level":50']);
  });
});
