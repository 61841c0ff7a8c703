import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { copyLine, LineCutter, LogRow, type CopyValue } from './copy-text';

/** A table that only grows, ordered by a number. The names and the condition are SQL of the caller's own. */
export interface LogTable {
  readonly table: string;
  /** The number that orders it; always selected. */
  readonly position: string;
  /** What the projection reads; the less, the faster. */
  readonly columns: readonly string[];
  /** Which rows concern the read model at all, such as `type IN ('a', 'b')`. */
  readonly where?: string;
}

/** Turns the log into rows of a read model, in order. It may hold rows back until it has seen all. */
export interface Projection {
  /** The rows that this row of the log completes. */
  readonly project: (row: LogRow) => Iterable<readonly CopyValue[]>;
  /** The rows that were held back. */
  readonly rest?: () => Iterable<readonly CopyValue[]>;
}

/** A part of the log: positions above `after`, up to and including `upTo`. */
export interface LogRange {
  readonly after: number;
  readonly upTo: number;
}

function copyStatement({ table, position, columns, where = 'true' }: LogTable, { after, upTo }: LogRange): string {
  return `COPY (SELECT ${[position, ...columns].join(', ')} FROM ${table}
    WHERE ${position} > ${after} AND ${position} <= ${upTo} AND (${where}) ORDER BY ${position}) TO STDOUT`;
}

/** Characters that are sent at once: large enough that the sending does not count. */
const chunkLength = 65_536;

/** The rows of each chunk that PostgreSQL sends. */
async function* copyOut(source: Client, log: LogTable, range: LogRange): AsyncGenerator<readonly LogRow[]> {
  const indexes = new Map([log.position, ...log.columns].map((column, index) => [column, index]));
  const cutter = new LineCutter();
  for await (const chunk of source.query(copyTo(copyStatement(log, range)))) {
    yield cutter.lines(chunk as Buffer).map((line) => new LogRow(line, indexes));
  }
}

/** All rows of a short range, in order. */
export async function readRange(source: Client, log: LogTable, range: LogRange): Promise<readonly LogRow[]> {
  const rows: LogRow[] = [];
  for await (const chunk of copyOut(source, log, range)) rows.push(...chunk);
  return rows;
}

/** Streams a range through the projection into a table. Answers how many rows of the log were read. */
export async function copyRange(
  source: Client,
  log: LogTable,
  range: LogRange,
  { project, rest = () => [] }: Projection,
  target: Client,
  into: { readonly table: string; readonly columns: readonly string[] },
): Promise<number> {
  let read = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const rows of copyOut(source, log, range)) {
      read += rows.length;
      let text = '';
      for (const row of rows) for (const projected of project(row)) text += copyLine(projected);
      if (text !== '') yield text;
    }
    let text = '';
    for (const projected of rest()) {
      text += copyLine(projected);
      if (text.length < chunkLength) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
  const columns = into.columns.map((column) => target.escapeIdentifier(column)).join(', ');
  await pipeline(lines, target.query(copyFrom(`COPY ${into.table} (${columns}) FROM STDIN`)));
  return read;
}
