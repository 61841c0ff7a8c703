import { auditMigrations, rebuildRecordView } from '@cofactor/audit';
import { Database } from '@cofactor/event-store';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { startServer, withClient } from './databases';
import { compare, type Measurement, type Result } from './measure';
import { envelope } from './sample-facts';
import type { Scale } from './scale';

const organisations = 50;
const factsInStream = 200;

/** Records with the keys and the length of real ones, of many organisations and streams. */
const fill = `
  INSERT INTO audit_log (organisation_id, leaf_index, record_id, leaf_hash, record)
  SELECT organisation, leaf, record_id, sha256(convert_to(record, 'UTF8')), record
    FROM generate_series(0, $1::bigint - 1) AS n,
         LATERAL (SELECT 'organisation-' || n % ${organisations} AS organisation, n / ${organisations} AS leaf,
                         left(md5(n::text) || md5((-n)::text), 40) AS record_id) AS ids,
         LATERAL (SELECT jsonb_build_object(
           'recordId', record_id, 'at', to_char(timestamp '2026-03-01' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'organisationId', organisation, 'type', 'challenge.passed', 'outcome', 'success',
           'actor', jsonb_build_object('kind', 'person', 'id', 'person-' || n % 10000),
           'subject', jsonb_build_object('kind', 'person', 'id', 'person-' || n % 10000),
           'origin', jsonb_build_object('sealed', $2::text, 'sealedFor', 'person-' || n % 10000),
           'factor', jsonb_build_object('type', 'totp', 'credentialId', 'credential-' || n % 10000, 'hint', 'Authenticator app'),
           'policyVersion', 3, 'stream', 'credential-' || n / ${factsInStream}, 'version', n % ${factsInStream} + 1,
           'requestId', md5(n::text), 'traceparent', NULL)::text AS record) AS made`;

/** What the consumer has taken: each stream to its end, so that the check of completeness has its full work. */
const fillInbox = `
  INSERT INTO inbox (consumer, source, stream, version)
  SELECT 'audit', 'challenge', stream, max(version) FROM record_view GROUP BY stream`;

const copyOut = (client: Client, facts: number): Measurement => {
  return async () => {
    const began = performance.now();
    let bytes = 0;
    for await (const chunk of client.query(copyTo('COPY audit_log TO STDOUT'))) bytes += (chunk as Buffer).length;
    if (bytes === 0) throw new Error('nothing came');
    return (facts / (performance.now() - began)) * 1000;
  };
};

/** Facts per second of rebuilding the audit's view with its indexes and checks, against bringing the log out. */
export async function* rebuild({ rounds, rebuiltFacts }: Scale): AsyncGenerator<Result> {
  const server = await startServer();
  try {
    const { ownerUrl } = await server.createDatabase('audit', auditMigrations);
    await withClient(ownerUrl, (owner) => owner.query(fill, [rebuiltFacts, envelope.origin.sealed]));
    const owner = await Database.open({ name: 'owner', url: ownerUrl, poolSize: 2 });
    await rebuildRecordView(owner);
    await owner.query(fillInbox);
    await owner.query('VACUUM ANALYZE');
    yield await withClient(ownerUrl, (reader) =>
      compare({
        name: `rebuild of the audit's view, ${rebuiltFacts.toLocaleString('en-GB')} facts`,
        unit: 'facts/s',
        better: 'more',
        rounds: Math.min(rounds, 3),
        ours: async () => {
          const began = performance.now();
          const records = await rebuildRecordView(owner);
          if (records !== rebuiltFacts) throw new Error(`${records} records were rebuilt`);
          return (records / (performance.now() - began)) * 1000;
        },
        floor: copyOut(reader, rebuiltFacts),
        aim: { ours: 200_000 },
      }),
    );
    await owner.close();
  } finally {
    await server.stop();
  }
}
