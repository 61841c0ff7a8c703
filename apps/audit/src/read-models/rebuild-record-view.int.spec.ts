import { eventually } from '@cofactor/testkit';
import { sampleFact, sampleTypes } from '../domain/sample-facts';
import { TestAudit, type AuditProcess, type FactToAppend } from '../test-audit';
import { checkRecords, rebuildRecordView, RecordsIncomplete } from './rebuild-record-view';

let audit: TestAudit;
let running: AuditProcess;
beforeAll(async () => {
  audit = await TestAudit.start();
  running = await audit.run();
});
afterAll(async () => {
  await running.stop();
  await audit.stop();
});

const { envelope } = sampleFact('sign-in.started');
const of = (...organisationIds: string[]) => ({ envelope: { ...envelope, organisationIds } });
let streams = 0;
const factsOf = (...organisationIds: string[]): readonly FactToAppend[] =>
  sampleTypes.map((type) => ({ type, stream: `stream-${(streams += 1)}`, changes: of(...organisationIds) }));

const view = () =>
  audit.application.query<{ organisation_id: string; leaf_index: number }>(
    'SELECT * FROM record_view ORDER BY organisation_id, leaf_index',
  );
const holds = (count: number) => eventually(view, ({ length }) => length === count, 15_000);

describe('rebuilding the view', () => {
  it('gives the same view, with its rights, its indexes and its uses', async () => {
    await audit.append(...factsOf('riverside', 'hillside'), ...factsOf());
    const live = await holds(sampleTypes.length * 3);
    const indexes = () =>
      audit.owner.query("SELECT indexdef FROM pg_indexes WHERE tablename = 'record_view' ORDER BY indexname");
    const before = await indexes();
    await audit.owner.query("UPDATE record_view SET type = 'wrong' WHERE leaf_index % 2 = 0");
    expect(await rebuildRecordView(audit.owner)).toBe(live.length);
    expect(await view()).toEqual(live);
    expect(await indexes()).toEqual(before);
    await audit.append(...factsOf('riverside'));
    await holds(live.length + sampleTypes.length);
  });

  it('loses nothing that is recorded meanwhile, and answers meanwhile', async () => {
    const before = (await view()).length;
    const rounds = 12;
    const appending = (async () => {
      for (let round = 0; round < rounds; round += 1) await audit.append(...factsOf('busy', `new-${round}`));
    })();
    let reads = 0;
    let done = false;
    const reading = (async () => {
      while (!done) {
        expect((await view()).length).toBeGreaterThanOrEqual(before);
        reads += 1;
      }
    })();
    for (let turn = 0; turn < 5; turn += 1) await rebuildRecordView(audit.owner);
    await appending;
    done = true;
    await reading;
    expect(reads).toBeGreaterThan(0);
    const all = await holds(before + rounds * sampleTypes.length * 2);
    await rebuildRecordView(audit.owner);
    expect(await view()).toEqual(all);
    expect(await audit.owner.query('SELECT * FROM dead_letters')).toEqual([]);
  });

  it('is done once at a time', async () => {
    const live = await view();
    const reader = await audit.owner.connectForBulk();
    await reader.query('BEGIN');
    // Whoever reads holds the swap up, so that the first is still at work when the second begins.
    await reader.query('LOCK TABLE record_view IN ACCESS SHARE MODE');
    const first = rebuildRecordView(audit.owner);
    const atWork = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND objid = (hashtext('rebuild record_view')::bigint & 4294967295)::oid`;
    await eventually(
      () => audit.owner.query(atWork),
      ({ length }) => length > 0,
    );
    await expect(rebuildRecordView(audit.owner)).rejects.toThrow('is being rebuilt already');
    await reader.query('COMMIT');
    await reader.end();
    await first;
    expect(await view()).toEqual(live);
  });

  it.each([
    ['a leaf is missing', "DELETE FROM audit_log WHERE organisation_id = 'riverside' AND leaf_index = 3"],
    ['the newest leaf is missing', "DELETE FROM audit_log WHERE organisation_id = 'installation' AND leaf_index >= 23"],
    ['the first leaf is missing', "DELETE FROM audit_log WHERE organisation_id = 'busy' AND leaf_index = 0"],
  ])('says so when %s', async (_name, damage) => {
    const live = await view();
    await audit.owner.query('CREATE TABLE saved AS SELECT * FROM audit_log');
    await audit.owner.query(damage);
    await expect(rebuildRecordView(audit.owner)).rejects.toThrow(RecordsIncomplete);
    await audit.owner.query('INSERT INTO audit_log OVERRIDING SYSTEM VALUE SELECT * FROM saved ON CONFLICT DO NOTHING');
    await audit.owner.query('DROP TABLE saved');
    await rebuildRecordView(audit.owner);
    expect(await view()).toEqual(live);
  });

  it('finds a view that is not what the log says', async () => {
    await checkRecords(audit.owner);
    await audit.owner.query("DELETE FROM record_view WHERE organisation_id = 'busy' AND leaf_index = 7");
    await expect(checkRecords(audit.owner)).rejects.toThrow('1 leaves that are in the log or in the view alone');
    await rebuildRecordView(audit.owner);
    await checkRecords(audit.owner);
  });

  it('says so when a fact that was taken has no record at all', async () => {
    await audit.owner.query(
      "INSERT INTO inbox (consumer, source, stream, version) VALUES ('audit', 'identity', 'person-lost', 1)",
    );
    await expect(rebuildRecordView(audit.owner)).rejects.toThrow('1 streams with a fact that has no record');
    await audit.owner.query("DELETE FROM inbox WHERE stream = 'person-lost'");
  });
});
