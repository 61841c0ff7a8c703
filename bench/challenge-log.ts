import { withClient } from './databases';
import { envelope, passedData } from './sample-facts';

/** Each thousand facts hold two of each of 500 of them: a code asked for, a code accepted. */
const credentials = 5_000;

const fill = `
  INSERT INTO events (position, stream, version, type, schema_version, id, at, envelope, data)
  SELECT n + 1, 'credential-' || (n / 2) % ${credentials}, 2 * (n / 2 / ${credentials}) + n % 2 + 1,
         'challenge.passed', 1, gen_random_uuid()::text, '2026-03-01T09:30:00Z', $1::jsonb, $2::jsonb
    FROM generate_series($3::bigint, $4::bigint - 1) AS n`;

/**
 * Makes the log of challenge longer, up to `length` facts, all of one organisation, and wakes those who follow it. It
 * must hold no others. Answers when (`performance.now()`) they were committed, all at once.
 */
export async function extendLog(ownerUrl: string, length: number): Promise<number> {
  return withClient(ownerUrl, async (owner) => {
    await owner.query('BEGIN');
    const { rows } = await owner.query<{ position: string }>('SELECT position FROM log_head FOR UPDATE');
    const head = Number(rows[0]?.position ?? 0);
    await owner.query(fill, [JSON.stringify(envelope), JSON.stringify(passedData), head, length]);
    await owner.query('UPDATE log_head SET position = $1', [length]);
    await owner.query("SELECT pg_notify('facts', $1)", [String(length)]);
    await owner.query('COMMIT');
    const committed = performance.now();
    await owner.query('VACUUM ANALYZE events');
    return committed;
  });
}
