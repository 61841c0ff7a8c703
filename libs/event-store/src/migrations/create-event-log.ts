import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grantToApplication } from '../migrate';

const tables = `
  CREATE TABLE log_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL
  );
  INSERT INTO log_head (position) VALUES (0);

  CREATE TABLE streams (
    stream text PRIMARY KEY,
    version integer NOT NULL,
    state_version integer NOT NULL,
    snapshot jsonb NOT NULL
  ) WITH (fillfactor = 80);

  CREATE TABLE events (
    position bigint PRIMARY KEY,
    stream text NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    schema_version integer NOT NULL,
    id text NOT NULL,
    at timestamptz NOT NULL,
    envelope jsonb NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT events_stream_version UNIQUE (stream, version)
  );
`;

/**
 * Appends a batch of units. Each element of the stream_* arrays is what one unit adds to one stream; each element of
 * the event_* arrays is one event, in order, with event_stream pointing (from 1) at its stream. Answers the pointers
 * of the streams that had moved on, or NULL; a unit with such a stream is refused as a whole, all others are
 * appended. No stream may stand in a batch twice.
 *
 * log_head is locked before anything is compared and held to the commit: every statement after it sees all that was
 * committed before, positions are given out in the order of commits, and two batches can never wait for each other
 * (DESIGN I1, §6.5). The function must stay VOLATILE for that (a snapshot per statement) and wants READ COMMITTED.
 *
 * Its plans are made once for each connection, perhaps while the tables are almost empty, so they must not scan them.
 */
const appendUnits = `
  CREATE FUNCTION append_units_v1(
    stream_unit integer[], stream_name text[], stream_expected integer[], stream_version integer[],
    stream_state_version integer[], stream_snapshot text[],
    event_stream integer[], event_version integer[], event_type text[], event_schema_version integer[],
    event_id text[], event_at text[], event_envelope text[], event_data text[]
  ) RETURNS integer[] LANGUAGE plpgsql VOLATILE
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
  DECLARE
    head bigint;
    added bigint;
    moved integer[];
    refused integer[] := '{}';
  BEGIN
    SELECT position INTO STRICT head FROM log_head FOR UPDATE;

    SELECT array_agg(wanted.pointer::integer), array_agg(wanted.unit) INTO moved, refused
      FROM unnest(stream_unit, stream_name, stream_expected)
        WITH ORDINALITY AS wanted(unit, stream, expected, pointer)
     WHERE wanted.expected <> coalesce((SELECT s.version FROM streams s WHERE s.stream = wanted.stream), 0);

    INSERT INTO events (position, stream, version, type, schema_version, id, at, envelope, data)
    SELECT head + row_number() OVER (ORDER BY e.ordinal), stream_name[e.stream], e.version, e.type, e.schema_version,
           e.id, e.at::timestamptz, e.envelope::jsonb, e.data::jsonb
      FROM unnest(event_stream, event_version, event_type, event_schema_version, event_id, event_at, event_envelope,
                  event_data)
        WITH ORDINALITY AS e(stream, version, type, schema_version, id, at, envelope, data, ordinal)
     WHERE refused IS NULL OR stream_unit[e.stream] <> ALL (refused);
    GET DIAGNOSTICS added = ROW_COUNT;

    INSERT INTO streams AS present (stream, version, state_version, snapshot)
    SELECT s.stream, s.version, s.state_version, s.snapshot::jsonb
      FROM unnest(stream_unit, stream_name, stream_version, stream_state_version, stream_snapshot)
        AS s(unit, stream, version, state_version, snapshot)
     WHERE refused IS NULL OR s.unit <> ALL (refused)
    ON CONFLICT (stream) DO UPDATE
       SET version = excluded.version, state_version = excluded.state_version, snapshot = excluded.snapshot;

    IF added > 0 THEN
      UPDATE log_head SET position = head + added;
      PERFORM pg_notify('facts', (head + added)::text);
    END IF;
    RETURN moved;
  END $$;
`;

/** The log of one service: its head, its streams with their snapshots, its events, and how units are appended. */
export class CreateEventLog1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(appendUnits);
    await grantToApplication(runner, 'SELECT, UPDATE', 'log_head');
    await grantToApplication(runner, 'SELECT, INSERT, UPDATE', 'streams');
    await grantToApplication(runner, 'SELECT, INSERT', 'events');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('the log is the truth; it is never taken back'));
  }
}
