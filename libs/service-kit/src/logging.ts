import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Names under which a secret or a personal field could reach a log line, at any of the first three depths. */
const secretNames = [
  'password',
  'token',
  'code',
  'answer',
  'secret',
  'seed',
  'uri',
  'email',
  'to',
  'authorization',
  'cookie',
  'recoveryCodes',
  'material',
  'statement',
  'proof',
  'accountLabel',
  'ip',
  'userAgent',
  'parameters',
  'text',
];
const redacted = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** JSON lines on standard output, with everything that may be secret or personal replaced (I4). */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    redact: { paths: redacted, censor: '[redacted]' },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * An error for the log: name, stable code and the place it was thrown, but not the message of a database error,
 * which can repeat the values of a row.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const code: unknown = 'code' in error ? error.code : undefined;
  const driver = 'severity' in error || error.name === 'QueryFailedError';
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return {
    kind: error.name,
    ...(typeof code === 'string' ? { errorCode: code } : {}),
    ...(driver ? {} : { message: error.message.slice(0, 300) }),
    at: frames.slice(0, 6).map((line) => line.trim()),
  };
}

/** Nest's own lines through the same logger; its start-up chatter only at debug level. */
export function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => logger.debug(text(message)),
    debug: (message: unknown) => logger.debug(text(message)),
    verbose: (message: unknown) => logger.trace(text(message)),
    warn: (message: unknown) => logger.warn(text(message)),
    error: (message: unknown) => logger.error(text(message)),
    fatal: (message: unknown) => logger.fatal(text(message)),
  };
}
