import type { Databases, FactRow } from './databases';

const logs = ['identity', 'factor_enrollment', 'challenge', 'notification'] as const;

interface RecordRow {
  readonly organisation: string;
  readonly leaf: number;
  readonly stream: string;
  readonly version: number;
}

/**
 * I1 over a whole installation that has come to rest: every log is gapless, every stream counts from 1 in the order
 * of the log, and the audit holds each fact once in the log of each organisation that it concerns, in the order of
 * its stream. Returns the number of facts.
 */
export async function expectFactsRecordedOnce(databases: Databases): Promise<number> {
  for (;;) {
    await databases.settled();
    const heads = await databases.heads();
    const expected = await orderedFacts(databases);
    const records = await readRecords(databases);
    // A message that was in hand at a crash is sent a minute later: then there are more facts, and all is read again.
    if (JSON.stringify([...(await databases.heads())]) !== JSON.stringify([...heads])) continue;
    const seen = records.map(({ organisation, stream, version }) => `${organisation} ${stream}@${version}`);
    expect(seen.sort()).toEqual(expected.sort());
    expectLeavesInOrder(records);
    const dead = await databases.rows('audit', 'SELECT stream, version, error_name FROM dead_letters');
    expect(dead).toEqual([]);
    return expected.length;
  }
}

/** Every fact as it should stand in the audit, after a look at the order of each log. */
async function orderedFacts(databases: Databases): Promise<string[]> {
  const perLog = logs.map(async (log) => {
    const facts = await databases.facts(log);
    expect(facts.map(({ position }) => position)).toEqual(facts.map((_fact, index) => index + 1));
    expectOrdered(log, facts);
    return facts.flatMap(({ stream, version, organisations }) =>
      (organisations.length === 0 ? ['installation'] : organisations).map((one) => `${one} ${stream}@${version}`),
    );
  });
  return (await Promise.all(perLog)).flat();
}

const readRecords = (databases: Databases) =>
  databases.rows<RecordRow>(
    'audit',
    `SELECT organisation_id AS organisation, leaf_index::int AS leaf, record::jsonb->>'stream' AS stream,
            (record::jsonb->>'version')::int AS version
     FROM audit_log ORDER BY organisation_id, leaf_index`,
  );

function expectOrdered(log: string, facts: readonly FactRow[]): void {
  const versions = new Map<string, number>();
  for (const { stream, version } of facts) {
    expect(`${log} ${stream}@${version}`).toBe(`${log} ${stream}@${(versions.get(stream) ?? 0) + 1}`);
    versions.set(stream, version);
  }
}

function expectLeavesInOrder(records: readonly RecordRow[]): void {
  const leaves = new Map<string, number>();
  const latest = new Map<string, number>();
  for (const { organisation, leaf, stream, version } of records) {
    expect([organisation, leaf]).toEqual([organisation, leaves.get(organisation) ?? 0]);
    leaves.set(organisation, leaf + 1);
    const before = latest.get(`${organisation} ${stream}`) ?? 0;
    expect(version).toBeGreaterThan(before);
    latest.set(`${organisation} ${stream}`, version);
  }
}
