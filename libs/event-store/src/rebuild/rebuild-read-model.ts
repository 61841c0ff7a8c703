import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { sqlOn, type Database } from '../database';
import { isRefusedByDatabase, type Sql } from '../sql';
import type { LogRow } from './copy-text';
import { copyRange, readRange, type LogTable, type Projection } from './log-table';
import { ShadowTable } from './shadow-table';

export interface ReadModelRebuild extends Projection {
  /** Where the log stands; its role needs SELECT on it. */
  readonly source: Database;
  readonly log: LogTable;
  /** Where the read model stands, under the role that owns its table. */
  readonly target: Database;
  /** The name of the live table, at most 50 characters. */
  readonly table: string;
  /** The columns that the projected rows fill, in their order. */
  readonly columns: readonly string[];
  /**
   * The position that the live table reflects: what its consumer commits together with each change of the table. The
   * new table never gets ahead of it.
   */
  readonly checkpoint: (sql: Sql) => Promise<number>;
  /** Brings one row of the log into `table` (a quoted name), as the live table's consumer does: for the tail. */
  readonly follow: (transaction: Sql, table: string, row: LogRow) => Promise<void>;
}

/** With at most so many positions left, the live table is locked for the last of them: readers wait as long. */
const shortTail = 250;
/** Positions in one transaction of the catching-up. */
const tailStep = 5_000;
/** Milliseconds that readers of the live table may be held up by the wish to lock it, and the pause between tries. */
const lockPatience = 250;
const lockPause = 100;

interface Connections {
  readonly source: Client;
  readonly target: Client;
}

/**
 * Derives a read model anew from its log while the old one answers: COPY of the log through the projection into a
 * shadow table, its indexes, the tail since then, and a swap in one short transaction. The swap waits for the
 * consumer's running transaction and happens at its checkpoint, so each fact is in the new table once. On any error the
 * live table is as it was. One rebuild of a table runs at a time; a second throws. Answers how many rows of the log
 * the copy read.
 */
export async function rebuildReadModel(rebuild: ReadModelRebuild): Promise<number> {
  const target = await rebuild.target.connectForBulk();
  try {
    const source = await rebuild.source.connectForBulk();
    try {
      await assertAlone(target, rebuild.table);
      return await rebuildInto(new ShadowTable(target, rebuild.table), rebuild, { source, target });
    } finally {
      await source.end();
    }
  } finally {
    await target.end();
  }
}

async function rebuildInto(shadow: ShadowTable, rebuild: ReadModelRebuild, connections: Connections): Promise<number> {
  const { log, table, columns, checkpoint } = rebuild;
  const { source, target } = connections;
  await shadow.create();
  try {
    let reached = await checkpoint(sqlOn(target));
    const into = { table: shadow.name, columns };
    const read = await copyRange(source, log, { after: 0, upTo: reached }, rebuild, target, into);
    const besides = await rebuild.target.connectForBulk();
    await shadow.index(besides).finally(() => besides.end());
    for (;;) {
      reached = await catchUp(shadow, rebuild, connections, reached);
      if (await swap(shadow, rebuild, connections, reached)) return read;
      await pause(lockPause);
    }
  } catch (error) {
    await shadow.drop().catch(() => undefined);
    throw new Error(`${table} could not be rebuilt; it is as it was`, { cause: error });
  }
}

async function assertAlone(target: Client, table: string): Promise<void> {
  const { rows } = await target.query<{ alone: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS alone', [
    `rebuild ${table}`,
  ]);
  if (rows[0]?.alone !== true) throw new Error(`${table} is being rebuilt already`);
}

/** Follows the checkpoint until little is left; answers the position that was reached. */
async function catchUp(
  shadow: ShadowTable,
  rebuild: ReadModelRebuild,
  { source, target }: Connections,
  from: number,
): Promise<number> {
  let reached = from;
  for (;;) {
    const goal = await rebuild.checkpoint(sqlOn(target));
    if (goal - reached <= shortTail) return reached;
    const upTo = Math.min(goal, reached + tailStep);
    const rows = await readRange(source, rebuild.log, { after: reached, upTo });
    await target.query('BEGIN');
    for (const row of rows) await rebuild.follow(sqlOn(target), shadow.name, row);
    await target.query('COMMIT');
    reached = upTo;
  }
}

/** Locks the live table, follows to the checkpoint and swaps. False when the lock or the checkpoint ran away. */
async function swap(
  shadow: ShadowTable,
  { table, checkpoint, follow, log }: ReadModelRebuild,
  { source, target }: Connections,
  reached: number,
): Promise<boolean> {
  await target.query('BEGIN');
  try {
    await target.query(`SET LOCAL lock_timeout = ${lockPatience}`);
    await target.query(`LOCK TABLE ${target.escapeIdentifier(table)} IN ACCESS EXCLUSIVE MODE`);
    const goal = await checkpoint(sqlOn(target));
    if (goal - reached > 2 * shortTail) {
      await target.query('ROLLBACK');
      return false;
    }
    const rows = await readRange(source, log, { after: reached, upTo: goal });
    for (const row of rows) await follow(sqlOn(target), shadow.name, row);
    await shadow.replaceLive();
    await target.query('COMMIT');
    return true;
  } catch (error) {
    await target.query('ROLLBACK');
    if (isRefusedByDatabase(error) && error.code === '55P03') return false;
    throw error;
  }
}
