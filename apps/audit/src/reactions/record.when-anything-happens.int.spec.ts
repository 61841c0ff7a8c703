import { services } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { appendToLog } from '../adapters/audit-log.postgres';
import { leafHash } from '../adapters/leaf';
import { recordIdOf } from '../adapters/record-id';
import { recordsOf } from '../domain/record';
import { sampleFact, sampleTypes } from '../domain/sample-facts';
import { TestAudit, type AuditProcess } from '../test-audit';

let audit: TestAudit;
let running: AuditProcess;
beforeAll(async () => {
  audit = await TestAudit.start();
});
afterAll(() => audit.stop());
beforeEach(async () => {
  running = await audit.run();
});
afterEach(() => running.stop());

const { envelope } = sampleFact('sign-in.started');
const of = (...organisationIds: string[]) => ({ envelope: { ...envelope, organisationIds } });

interface LogRow {
  readonly leaf_index: number;
  readonly record_id: string;
  readonly leaf_hash: Buffer;
  readonly record: string;
}
const logOf = (organisationId: string) =>
  audit.owner.query<LogRow>('SELECT * FROM audit_log WHERE organisation_id = $1 ORDER BY leaf_index', [organisationId]);

const length = async (organisationId: string) => (await logOf(organisationId)).length;

const typesIn = (rows: readonly LogRow[]) => rows.map(({ record }) => (JSON.parse(record) as { type: string }).type);

/** Until every fact of every service has been taken. */
async function allTaken(): Promise<void> {
  await eventually(
    () => audit.owner.query<{ source: string; position: number }>('SELECT source, position FROM consumer_offsets'),
    (rows) => rows.length === services.length && rows.every(({ source, position }) => position === heads.get(source)),
    15_000,
  );
}
const heads = new Map<string, number>(services.map((service) => [service, 0]));
const append: TestAudit['append'] = async (...facts) => {
  for (const { type, changes } of facts) {
    const { service } = sampleFact(type, changes);
    heads.set(service, (heads.get(service) ?? 0) + 1);
  }
  return audit.append(...facts);
};

describe('every fact', () => {
  it('R1: of every type is one record, numbered from 0 without a gap, with its leaf hash', async () => {
    await append(...sampleTypes.map((type) => ({ type, stream: `any-${type}`, changes: of('all-types') })));
    const rows = await eventually(
      () => logOf('all-types'),
      ({ length: found }) => found === sampleTypes.length,
    );
    expect(rows.map(({ leaf_index: index }) => index)).toEqual(sampleTypes.map((_type, index) => index));
    expect(typesIn(rows).sort()).toEqual([...sampleTypes].sort());
    for (const row of rows) expect(row.leaf_hash).toEqual(leafHash(row.record));
  });

  it('is recorded for each organisation that it concerns, and those of nobody for the installation', async () => {
    await append(
      { type: 'sign-in.completed', stream: 'sign-in-both', changes: of('hillside', 'lakeside') },
      { type: 'sign-in.refused', stream: 'password-door-x', changes: of() },
    );
    await allTaken();
    expect(typesIn(await logOf('hillside'))).toEqual(['sign-in.completed']);
    expect(typesIn(await logOf('lakeside'))).toEqual(['sign-in.completed']);
    expect(typesIn(await logOf('installation'))).toEqual(['sign-in.refused']);
  });

  it('R1: is one record however often it is delivered, over restarts too', async () => {
    const facts = Array.from({ length: 40 }, (_none, index) => ({
      type: index % 2 ? ('challenge.passed' as const) : ('sign-in.completed' as const),
      stream: index % 2 ? `credential-again-${index}` : `sign-in-again-${index}`,
      changes: of('again'),
    }));
    await append(...facts.slice(0, 20));
    await allTaken();
    const before = await logOf('again');
    await running.stop();
    await append(...facts.slice(20));
    await audit.redeliver();
    running = await audit.run();
    await allTaken();
    const after = await logOf('again');
    expect(after.slice(0, 20)).toEqual(before);
    expect(after.map(({ leaf_index: index }) => index)).toEqual(facts.map((_fact, index) => index));
    const view = await audit.owner.query("SELECT leaf_index FROM record_view WHERE organisation_id = 'again'");
    expect(view).toHaveLength(40);
    expect(await audit.owner.query('SELECT * FROM dead_letters')).toEqual([]);
  });

  it('R1: that is recorded twice in one batch is one leaf', async () => {
    const records = recordsOf(sampleFact('sign-in.started', of('twice')), recordIdOf);
    await audit.application.transaction((transaction) => appendToLog(transaction, [...records, ...records]));
    expect(await length('twice')).toBe(1);
  });

  it('R37: of four services at once, and two replicas, gets a leaf of its own', async () => {
    const replica = await audit.run();
    const types = ['sign-in.completed', 'factor.enrolled', 'challenge.passed', 'message.sent'] as const;
    for (let round = 0; round < 25; round += 1) {
      await append(
        ...Array.from({ length: 16 }, (_none, index) => ({
          type: types[index % 4] ?? 'message.sent',
          stream: `crowd-${round}-${index}`,
          changes: of('crowd'),
        })),
      );
    }
    await allTaken();
    const rows = await logOf('crowd');
    expect(rows.map(({ leaf_index: index }) => index)).toEqual(Array.from({ length: 400 }, (_none, index) => index));
    expect(await audit.owner.query('SELECT error_name, error_message FROM dead_letters')).toEqual([]);
    await replica.stop();
  });

  it('I6: of a type that this release does not know is put aside with its error, and the others go on', async () => {
    const unknown = { ...of('newer'), type: 'sign-in.dreamt' };
    await append(
      { type: 'sign-in.started', stream: 'sign-in-newer', changes: unknown },
      { type: 'sign-in.started', stream: 'sign-in-other', changes: of('newer') },
    );
    await eventually(
      () => length('newer'),
      (found) => found === 1,
    );
    const parked = await eventually(
      () => audit.owner.query('SELECT stream, version, error_name FROM dead_letters'),
      (rows) => rows.length === 1,
    );
    expect(parked).toEqual([{ stream: 'sign-in-newer', version: 1, error_name: 'UnreadableEvent' }]);
  });
});

describe("the application's role", () => {
  it.each([
    'UPDATE audit_log SET record = record',
    'DELETE FROM audit_log',
    'TRUNCATE audit_log',
    'DROP TABLE audit_log',
    'UPDATE record_view SET type = type',
    'DELETE FROM record_view',
    'TRUNCATE record_view',
  ])('R36: cannot %s', async (statement) => {
    const counts = () =>
      audit.owner.query('SELECT (SELECT count(*) FROM audit_log) AS log, (SELECT count(*) FROM record_view) AS view');
    const before = await counts();
    await expect(audit.application.query(statement)).rejects.toThrow(/permission denied|must be owner/);
    expect(await counts()).toEqual(before);
  });
});
