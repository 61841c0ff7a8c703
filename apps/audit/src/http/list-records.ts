import {
  DomainError,
  type AuditRecordView,
  type HandlersOf,
  type Statement,
  type auditOperations,
} from '@cofactor/contracts';
import type { Clock } from '@cofactor/service-kit';
import { z } from 'zod';
import type { AuditRecord } from '../domain/record';
import { findRecords, type Records } from '../read-models/record-view';
import { olderThan, cursorAfter } from './cursor';

/** Opens the personal fields of records; null where the key has been destroyed (BX7). */
export interface PersonalFieldOpener {
  openMany(fields: readonly { readonly personId: string; readonly sealed: string }[]): Promise<unknown[]>;
}

/** Answers whether this consumer has taken the positions into effect; RangeError for what is no position. */
export interface Visibility {
  waitFor(consumer: string, positions: readonly string[], timeoutMilliseconds: number): Promise<boolean>;
}

export interface ListRecordsParts {
  readonly database: Records;
  readonly verifier: { statement(token: string, now: Date): Promise<Statement> };
  readonly clock: Clock;
  readonly personalFields: PersonalFieldOpener;
  readonly visibility: Visibility;
}

type ListRecords = HandlersOf<typeof auditOperations>['listRecords'];

/** Milliseconds that a read waits for the writes it must see (I8). */
const patience = 2_000;

const sourceSchema = z.object({ ip: z.string().nullable(), userAgent: z.string().nullable() });
const unknownSource: AuditRecordView['source'] = { ip: null, userAgent: null };

async function waitUntilVisible(visibility: Visibility, positions: readonly string[]): Promise<void> {
  const visible = await visibility.waitFor('audit', positions, patience).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    const detail = 'Use the positions that Cofactor-Position gave, such as person-1@2.';
    throw new DomainError('invalid-fields', { errors: [{ pointer: 'Cofactor-Read-After', detail }] });
  });
  if (!visible) throw new DomainError('not-yet-visible', { retryAfter: 1 });
}

function shown({ origin: _sealed, traceparent: _trace, ...record }: AuditRecord, opened: unknown): AuditRecordView {
  const { factor, changed, ...rest } = record;
  const source = opened === null ? unknownSource : sourceSchema.parse(opened);
  return {
    ...rest,
    source,
    ...(factor ? { factor: { ...factor } } : {}),
    ...(changed ? { changed: [...changed] } : {}),
  };
}

/** The sources of the records, opened in one go and in their order. */
async function openSources(opener: PersonalFieldOpener, records: readonly AuditRecord[]): Promise<unknown[]> {
  const fields = records.map(({ origin }) =>
    origin.sealed === null ? null : { personId: origin.sealedFor, sealed: origin.sealed },
  );
  const sealed = fields.filter((field) => field !== null);
  const opened = await opener.openMany(sealed);
  const bySealed = new Map(sealed.map((field, index) => [field, opened[index] ?? null]));
  return fields.map((field) => (field === null ? null : (bySealed.get(field) ?? null)));
}

/** The records of one organisation, newest first, for whom identity's statement permits it. */
export function listRecords({ database, verifier, clock, personalFields, visibility }: ListRecordsParts): ListRecords {
  return async (request) => {
    const statement = await verifier.statement(request.statement, clock.now());
    if (statement.permission !== 'read-audit') throw new DomainError('statement-refused');
    if (statement.organisationId !== request.organisationId) throw new DomainError('not-found');
    const before = request.after === null ? null : olderThan(request.after);
    await waitUntilVisible(visibility, request.readAfter);
    const { organisationId, limit, subject, type, from, to } = request;
    const wanted = { organisationId, before, limit: limit + 1, subject, type, from, to };
    const found = await findRecords(database, wanted);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const records = page.map(({ record }) => record);
    const sources = await openSources(personalFields, records);
    return {
      records: records.map((record, index) => shown(record, sources[index] ?? null)),
      next: last ? cursorAfter(last.leafIndex) : null,
    };
  };
}
