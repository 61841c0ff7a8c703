import type { SideRow } from '@cofactor/event-sourcing';
import { SideRowFailed } from './append-errors';
import { integerArray, textArray } from './binary-arrays';
import type { EncodedUnit } from './encoded-unit';
import type { Sql } from './sql';

const appendUnits = 'SELECT append_units_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS moved';

/** The units as the parameters of append_units_v1: one array for each column. */
function parametersOf(units: readonly EncodedUnit[]): readonly Buffer[] {
  const streams = units.flatMap((unit, index) => unit.streams.map((stream) => ({ unit: index, stream })));
  const events = streams.flatMap(({ stream }, index) => stream.events.map((event) => ({ pointer: index + 1, event })));
  return [
    integerArray(streams.map(({ unit }) => unit)),
    textArray(streams.map(({ stream }) => stream.stream)),
    integerArray(streams.map(({ stream }) => stream.expectedVersion)),
    integerArray(streams.map(({ stream }) => stream.version)),
    integerArray(streams.map(({ stream }) => stream.stateVersion)),
    textArray(streams.map(({ stream }) => stream.snapshot)),
    integerArray(events.map(({ pointer }) => pointer)),
    integerArray(events.map(({ event }) => event.version)),
    textArray(events.map(({ event }) => event.type)),
    integerArray(events.map(({ event }) => event.schemaVersion)),
    textArray(events.map(({ event }) => event.id)),
    textArray(events.map(({ event }) => event.at)),
    textArray(events.map(({ event }) => event.envelope)),
    textArray(events.map(({ event }) => event.data)),
  ];
}

/**
 * Appends the units in one statement and answers, for each unit, which of its streams had moved on: none means that
 * it was appended. Nothing of it is there before the transaction that `sql` stands for commits.
 */
export async function appendUnitsTo(sql: Sql, units: readonly EncodedUnit[]): Promise<readonly (readonly string[])[]> {
  const [row] = await sql.query<{ moved: number[] | null }>(appendUnits, parametersOf(units));
  const moved = new Set(row?.moved ?? []);
  let pointer = 0;
  return units.map((unit) => unit.streams.map(({ stream }) => stream).filter(() => moved.has((pointer += 1))));
}

/** Writes the rows in order; all are under way at once, so that together they cost one round trip. */
export async function writeSideRows(transaction: Sql, rows: readonly SideRow[]): Promise<void> {
  await Promise.all(rows.map((row) => transaction.query(row.sql, row.parameters)));
}

/** Appends the units and, for those that were, their side rows. */
export async function appendWithSideRows(
  transaction: Sql,
  units: readonly EncodedUnit[],
): Promise<readonly (readonly string[])[]> {
  const moved = await appendUnitsTo(transaction, units);
  const accepted = units.filter((_unit, index) => moved[index]?.length === 0);
  try {
    await writeSideRows(
      transaction,
      accepted.flatMap(({ sideRows }) => sideRows),
    );
  } catch (error) {
    throw new SideRowFailed(error);
  }
  return moved;
}
