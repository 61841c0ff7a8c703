import { types, type ClientConfig, type CustomTypesConfig } from 'pg';

/** Milliseconds. A database that is gone is reported as an error within these, never as a hang. */
export const timeouts = {
  connecting: 4_000,
  lock: 3_000,
  statement: 8_000,
  answer: 10_000,
  idleInTransaction: 10_000,
} as const;

const { INT8, TIMESTAMPTZ } = types.builtins;

/** Positions and versions stay below 2^53; a bigint that does not is refused rather than rounded. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number`);
  return value;
}

/** `2026-01-02 03:04:05.6+00`, as a session in UTC prints it, as RFC 3339 with milliseconds. */
export const parseInstant = (text: string): string =>
  text.endsWith('+00') && text.charAt(10) === ' '
    ? `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0').slice(0, 3)}Z`
    : new Date(text).toISOString();

const getTypeParser: CustomTypesConfig['getTypeParser'] = (oid, format): unknown => {
  if (format !== 'binary' && oid === INT8) return parseInt8;
  if (format !== 'binary' && oid === TIMESTAMPTZ) return parseInstant;
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text');
};

/** What every connection to PostgreSQL has in common. */
export const connectionOptions = {
  types: { getTypeParser },
  keepAlive: true,
  connectionTimeoutMillis: timeouts.connecting,
  options: '-c TimeZone=UTC',
} satisfies ClientConfig;

/**
 * Each statement is planned once for each connection, since planning costs more than running what is found by its key.
 * Such a plan may be as old as the time when the tables were empty: it must be one that stays good while they grow, by
 * indexes and never by reading whole tables.
 */
const plansThatLast = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
};

/** For connections that answer requests. */
export const requestOptions = {
  ...connectionOptions,
  options: [
    connectionOptions.options,
    ...Object.entries(plansThatLast).map(([name, value]) => `-c ${name}=${value}`),
  ].join(' '),
  statement_timeout: timeouts.statement,
  lock_timeout: timeouts.lock,
  query_timeout: timeouts.answer,
  idle_in_transaction_session_timeout: timeouts.idleInTransaction,
} satisfies ClientConfig;
