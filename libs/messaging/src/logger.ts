type Fields = Readonly<Record<string, string | number | null>>;

/** What messaging says of its work; pino's loggers fit. Fields hold ids, types and error texts, never data (I4). */
export interface MessagingLogger {
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** What messaging counts. */
export interface MessagingMetrics {
  /** `facts` were committed in one batch that took `seconds`. */
  handled(source: string, facts: number, seconds: number): void;
  /** A fact failed and was put aside: `dead` when it is not tried again by itself. */
  setAside(source: string, type: string, state: 'retrying' | 'dead'): void;
  /** The database or a log could not be reached; the consumer waits and goes on. */
  interrupted(source: string): void;
}
