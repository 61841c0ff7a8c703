import { DomainError, problems, type CallContext, type ProblemCode, type ProblemExtras } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import { grantToApplication, type Migration } from './migrate';
import { isUniqueViolation, type Sql } from './sql';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is kept of an answered request. A reply that held a secret is not kept, only that it was given. */
export type Outcome =
  | { readonly kind: 'reply'; readonly reply: unknown }
  | { readonly kind: 'secret' }
  | { readonly kind: 'problem'; readonly code: ProblemCode; readonly extras: ProblemExtras };

export interface KeyedRequest {
  readonly context: CallContext;
  /** The session or sign-in in whose name it is made; without one, the source of the request. */
  readonly scope: string;
  readonly operation: string;
  /** The body as parsed; only a keyed hash of it is stored. */
  readonly body: unknown;
}

/** The side rows that commit an outcome together with the events; none when the caller sent no key. */
export type Remember = (outcome: Outcome) => readonly SideRow[];

const lifetime = "interval '24 hours'";
const constraint = 'idempotency_keys_pkey';

/**
 * Idempotency-Key (DESIGN §6.10): kept by the owning service in the same commit as the append, for 24 h. The same key
 * and body answer the same reply; another body is 422; a reply that held a secret is 409 `already-done`.
 */
export class IdempotencyKeys {
  constructor(
    private readonly database: Sql,
    private readonly fingerprint: (purpose: string, text: string) => string,
  ) {}

  /**
   * Answers from an earlier outcome, or runs `work`, which commits its outcome through `remember`. `beforeASecret` runs
   * before anything is told of an outcome that held a secret: where the body holds a password, the difference between
   * "the same body" and "another one" says whether it is right, so that it must count as a try.
   */
  async once<Reply>(
    request: KeyedRequest,
    work: (remember: Remember) => Promise<Reply>,
    beforeASecret: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Reply> {
    const key = request.context.idempotencyKey;
    if (key === null) return work(() => []);
    const bodyPrint = this.bodyPrint(request.operation, request.body);
    const earlier = await this.find(request.scope, key);
    if (earlier?.outcome.kind === 'secret') await beforeASecret();
    if (earlier) return replay<Reply>(earlier, bodyPrint);
    try {
      return await work((outcome) => [insertion(request.scope, key, bodyPrint, outcome)]);
    } catch (error) {
      // The same request may have come first while this one worked: then its outcome is the answer, not ours.
      if (!isUniqueViolation(error, constraint) && !(error instanceof DomainError)) throw error;
      const first = await this.find(request.scope, key);
      if (!first) throw error;
      return replay<Reply>(first, bodyPrint);
    }
  }

  /** The rows by which an outcome that was kept says what has become of it since; none without a key. One transaction. */
  restated({ context, scope, operation, body }: KeyedRequest, outcome: Outcome): readonly SideRow[] {
    const key = context.idempotencyKey;
    if (key === null) return [];
    const gone = { sql: 'DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2', parameters: [scope, key] };
    return [gone, insertion(scope, key, this.bodyPrint(operation, body), outcome)];
  }

  private bodyPrint(operation: string, body: unknown): string {
    return this.fingerprint(`idempotency:${operation}`, JSON.stringify(body));
  }

  /** The scope of a request without a session: its source, so that a stranger's key is never in the way. */
  sourceScope(context: CallContext): string {
    return `source:${this.fingerprint('idempotency-source', context.source.ip)}`;
  }

  /** Forgets what is older than 24 h. */
  async sweep(): Promise<void> {
    await this.database.query(`DELETE FROM idempotency_keys WHERE created_at < now() - ${lifetime}`);
  }

  private async find(scope: string, key: string): Promise<Kept | null> {
    const [row] = await this.database.query<Kept & { expired: boolean }>(
      `SELECT body_print AS "bodyPrint", outcome, created_at < now() - ${lifetime} AS expired
       FROM idempotency_keys WHERE scope = $1 AND key = $2`,
      [scope, key],
    );
    if (!row?.expired) return row ?? null;
    await this.sweep();
    return null;
  }
}

interface Kept {
  readonly bodyPrint: string;
  readonly outcome: Outcome;
}

function replay<Reply>({ bodyPrint, outcome }: Kept, askedFor: string): Reply {
  if (bodyPrint !== askedFor) throw new DomainError('idempotency-key-reused');
  switch (outcome.kind) {
    case 'reply':
      // Written by the same operation, whose reply schema is checked again on the way out.
      return outcome.reply as Reply;
    case 'secret':
      throw new DomainError('already-done');
    case 'problem':
      throw new DomainError(outcome.code in problems ? outcome.code : 'internal', outcome.extras);
  }
}

const insertion = (scope: string, key: string, bodyPrint: string, outcome: Outcome): SideRow => ({
  sql: 'INSERT INTO idempotency_keys (scope, key, body_print, outcome) VALUES ($1, $2, $3, $4)',
  parameters: [scope, key, bodyPrint, JSON.stringify(outcome)],
});

class CreateIdempotencyKeys1763800001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        scope text NOT NULL,
        key text NOT NULL,
        body_print text NOT NULL,
        outcome jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT ${constraint} PRIMARY KEY (scope, key)
      );
      CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);`);
    await grantToApplication(runner, 'SELECT, INSERT, DELETE', 'idempotency_keys');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}

/** The table of kept outcomes, for every service that answers a POST. */
export const idempotencyMigrations: readonly Migration[] = [CreateIdempotencyKeys1763800001000];
