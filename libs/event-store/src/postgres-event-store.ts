import type { Fact, Service } from '@cofactor/contracts';
import { ConcurrencyConflict, type EventStore, type LoadedStream, type Unit } from '@cofactor/event-sourcing';
import { AppendOutcomeUnknown, mayConcernOneUnit, SideRowFailed } from './append-errors';
import { takeBatch, type PendingAppend } from './append-queue';
import { appendUnitsTo, appendWithSideRows, writeSideRows } from './append-units';
import type { Database } from './database';
import { CommitOutcomeUnknown, ConnectionLost, DatabaseUnreachable } from './database-errors';
import { encodeUnit, type EncodedUnit } from './encoded-unit';
import { eventColumns, readableFact, type EventRow } from './event-rows';
import { PostgresFactLog } from './postgres-fact-log';
import type { Sql } from './sql';

export interface PostgresEventStoreOptions {
  readonly database: Database;
  /** The owner of the log. */
  readonly service: Service;
  /** Units in one commit. */
  readonly maximumBatch?: number;
}

const loadStream = 'SELECT version, state_version, snapshot FROM streams WHERE stream = $1';
const loadStreams = 'SELECT stream, version, state_version, snapshot FROM streams WHERE stream = ANY($1)';
const streamHistory = `SELECT ${eventColumns} FROM events WHERE stream = $1 ORDER BY version`;

interface StreamRow {
  readonly version: number;
  readonly state_version: number;
  readonly snapshot: unknown;
}
const loaded = ({ version, state_version: stateVersion, snapshot }: StreamRow): LoadedStream => ({
  version,
  snapshot: { stateVersion, state: snapshot },
});

/**
 * The log of one service in PostgreSQL. Appends that come while a commit is under way are gathered into the next one
 * (group commit): one batch in flight, at most one unit for each stream in it.
 */
export class PostgresEventStore implements EventStore {
  private readonly database: Database;
  private readonly service: Service;
  private readonly maximumBatch: number;
  private readonly log: PostgresFactLog;
  private waiting: PendingAppend[] = [];
  private committing = false;
  private knownEpoch: number | null = null;

  constructor({ database, service, maximumBatch = 256 }: PostgresEventStoreOptions) {
    this.database = database;
    this.service = service;
    this.maximumBatch = maximumBatch;
    this.log = new PostgresFactLog({ database, service });
  }

  async load(stream: string): Promise<LoadedStream> {
    const [row] = await this.database.query<StreamRow>(loadStream, [stream]);
    return row ? loaded(row) : { version: 0, snapshot: null };
  }

  async loadMany(streams: readonly string[]): Promise<ReadonlyMap<string, LoadedStream>> {
    const rows = await this.database.query<StreamRow & { stream: string }>(loadStreams, [streams]);
    return new Map(rows.map((row) => [row.stream, loaded(row)]));
  }

  /**
   * As EventStore says. Beside it throws AppendOutcomeUnknown when the connection was lost while the commit was under
   * way, and DatabaseUnreachable when there was none to begin with: then nothing was appended.
   */
  async append(unit: Unit): Promise<void> {
    const encoded = encodeUnit(unit);
    return new Promise((succeed, fail) => {
      this.waiting.push({ unit: encoded, succeed, fail });
      if (this.committing) return;
      this.committing = true;
      // Whoever appends in this same turn of the event loop shares the commit.
      setImmediate(() => void this.commitAll());
    });
  }

  /**
   * Appends a unit within the caller's transaction (a reaction with its inbox row). Throws ConcurrencyConflict, after
   * which the caller rolls back. From here to the commit all other appends wait, so do it late and commit soon; a
   * transaction that wrote rows which units of the same store write as side rows should do this first, or the two
   * may deadlock and PostgreSQL ends one of them.
   */
  async appendWithin(transaction: Sql, unit: Unit): Promise<void> {
    const encoded = encodeUnit(unit);
    const [moved = []] = await appendUnitsTo(transaction, [encoded]);
    if (moved.length > 0) throw new ConcurrencyConflict(moved);
    await writeSideRows(transaction, encoded.sideRows);
  }

  /** As EventStore says; throws UnreadableEvent for an event that this release cannot read (DESIGN §6.11). */
  async readStream(stream: string): Promise<readonly Fact[]> {
    const rows = await this.database.query<EventRow>(streamHistory, [stream]);
    return rows.map((row) => readableFact(this.service, row));
  }

  readAll(after: number, limit: number): Promise<readonly Fact[]> {
    return this.log.readAll(after, limit);
  }

  async epoch(): Promise<number> {
    return (this.knownEpoch ??= await this.log.epoch());
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const { batch, rest } = takeBatch(this.waiting, this.maximumBatch);
      this.waiting = rest;
      await this.settle(batch);
    }
    this.committing = false;
  }

  /** Commits a batch and tells each caller. When the data of one is refused, halves the batch to isolate it. */
  private async settle(batch: readonly PendingAppend[]): Promise<void> {
    try {
      const moved = await this.commit(batch.map(({ unit }) => unit));
      batch.forEach(({ succeed, fail }, index) => {
        const streams = moved[index] ?? [];
        if (streams.length === 0) succeed();
        else fail(new ConcurrencyConflict(streams));
      });
    } catch (error) {
      if (batch.length > 1 && mayConcernOneUnit(error)) {
        const half = Math.ceil(batch.length / 2);
        await this.settle(batch.slice(0, half));
        await this.settle(batch.slice(half));
        return;
      }
      // Those who wait would find the same closed door, one timeout after another.
      const turnedAway = error instanceof DatabaseUnreachable ? this.waiting.splice(0) : [];
      for (const { fail } of [...batch, ...turnedAway]) fail(error instanceof SideRowFailed ? error.cause : error);
    }
  }

  /** Commits the units that no other append came before, and answers which streams of the others had moved on. */
  private async commit(units: readonly EncodedUnit[]): Promise<readonly (readonly string[])[]> {
    try {
      if (units.some(({ sideRows }) => sideRows.length > 0)) {
        return await this.database.transaction((transaction) => appendWithSideRows(transaction, units));
      }
      return await appendUnitsTo(this.database, units).catch((error: unknown) => {
        throw error instanceof ConnectionLost ? new AppendOutcomeUnknown(error) : error;
      });
    } catch (error) {
      throw error instanceof CommitOutcomeUnknown ? new AppendOutcomeUnknown(error) : error;
    }
  }
}
