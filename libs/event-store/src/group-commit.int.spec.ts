import { ConcurrencyConflict, type Unit } from '@cofactor/event-sourcing';
import { PostgresEventStore } from './postgres-event-store';
import { isUniqueViolation } from './sql';
import { anAppend, aRefusal, aUnit, service, startTestLog, type TestLog } from './test-log';

jest.setTimeout(60_000);

let log: TestLog;
let store: PostgresEventStore;

beforeAll(async () => {
  log = await startTestLog();
  await log.owner.query('CREATE TABLE claims (claim text PRIMARY KEY)');
  await log.owner.query('GRANT SELECT, INSERT ON claims TO application');
  store = new PostgresEventStore({ database: log.database, service });
});
afterAll(() => log.close());

const outcomes = async (units: readonly Unit[]) => Promise.allSettled(units.map((unit) => store.append(unit)));
const failuresOf = (settled: readonly PromiseSettledResult<void>[]) =>
  settled.flatMap((result, index) =>
    result.status === 'rejected' ? [[index, result.reason as unknown] as const] : [],
  );
const aClaim = (claim: string) => ({ sql: 'INSERT INTO claims (claim) VALUES ($1)', parameters: [claim] });
const neighbours = (name: string) => Array.from({ length: 40 }, (_, index) => aUnit(`credential-${name}-${index}`));
const withData = (stream: string, data: Record<string, unknown>): Unit => ({
  streams: [anAppend(stream, 0, [aRefusal(data)])],
});
const committedOf = async (name: string) =>
  (await store.readAll(0, 100_000)).filter(({ stream }) => stream.startsWith(`credential-${name}-`)).length;

describe('§6.5 of many units in one commit', () => {
  it('each gets its own answer, in few transactions', async () => {
    const [{ count: before } = { count: 0 }] = await log.owner.query<{ count: number }>(
      'SELECT count(DISTINCT xmin::text) AS count FROM events',
    );
    expect(failuresOf(await outcomes(neighbours('together')))).toEqual([]);
    const [{ count: after } = { count: 0 }] = await log.owner.query<{ count: number }>(
      'SELECT count(DISTINCT xmin::text) AS count FROM events',
    );
    expect(after - before).toBe(1);
  });

  it.each([
    ['U+0000 in a payload', withData('credential-nul', { note: 'a\u0000b' })],
    ['half a surrogate pair', withData('credential-surrogate', { note: '\ud800' })],
    ['U+0000 in the name of a stream', aUnit('credential-\u0000')],
    ['a name too long to be indexed', aUnit(`credential-${randomText(9_000)}`)],
    ['an impossible instant', { streams: [anAppend('credential-at', 0, [{ ...aRefusal(), at: 'never' }])] }],
  ])('%s fails its own unit only', async (name, bad) => {
    const [left, right] = [neighbours(`left ${name}`), neighbours(`right ${name}`)];
    const failures = failuresOf(await outcomes([...left, bad, ...right]));
    expect(failures.map(([index]) => index)).toEqual([40]);
    expect(failures[0]?.[1]).toMatchObject({ severity: 'ERROR' });
    expect(await committedOf(`left ${name}`)).toBe(40);
    expect(await committedOf(`right ${name}`)).toBe(40);
  });

  it('what cannot be written as JSON fails its own unit only', async () => {
    const failures = failuresOf(await outcomes([...neighbours('bigint'), withData('credential-bigint', { n: 1n })]));
    expect(failures).toEqual([[40, expect.any(TypeError)]]);
  });

  it('a conflict fails its own unit only', async () => {
    await store.append(aUnit('credential-moved'));
    const failures = failuresOf(await outcomes([aUnit('credential-moved'), ...neighbours('conflict')]));
    expect(failures).toEqual([[0, new ConcurrencyConflict(['credential-moved'])]]);
    expect(await committedOf('conflict')).toBe(40);
  });

  it('a unique violation of a side row fails its own unit only', async () => {
    const claiming = (index: number, claim: string) => aUnit(`credential-claim-${index}`, 0, [aClaim(claim)]);
    const units = [claiming(0, 'x'), claiming(1, 'y'), claiming(2, 'x'), claiming(3, 'z'), ...neighbours('claims')];
    const failures = failuresOf(await outcomes(units));
    expect(failures.map(([index, error]) => [index, isUniqueViolation(error, 'claims_pkey')])).toEqual([[2, true]]);
    expect(await log.database.query('SELECT claim FROM claims ORDER BY claim')).toEqual(
      ['x', 'y', 'z'].map((claim) => ({ claim })),
    );
    expect(await committedOf('claim')).toBe(3);
    expect(await committedOf('claims')).toBe(40);
  });

  it('side rows of a refused unit are not written', async () => {
    await store.append(aUnit('credential-taken'));
    const units = [aUnit('credential-taken', 0, [aClaim('never')]), aUnit('credential-not-taken', 0, [aClaim('w')])];
    expect(failuresOf(await outcomes(units)).map(([index]) => index)).toEqual([0]);
    expect(await log.database.query("SELECT claim FROM claims WHERE claim IN ('never', 'w')")).toEqual([
      { claim: 'w' },
    ]);
  });

  it('a unit of two streams is all or nothing', async () => {
    await store.append(aUnit('credential-second-moved'));
    const both = { streams: [anAppend('credential-first'), anAppend('credential-second-moved')] };
    expect(failuresOf(await outcomes([both, ...neighbours('two')])).map(([index]) => index)).toEqual([0]);
    expect((await store.load('credential-first')).version).toBe(0);
    expect(await store.readStream('credential-first')).toEqual([]);
  });

  it('later units of one stream wait for the earlier, in order', async () => {
    const units = Array.from({ length: 20 }, (_, version) => aUnit('credential-in-order', version));
    expect(failuresOf(await outcomes(units))).toEqual([]);
    expect((await store.load('credential-in-order')).version).toBe(20);
  });
});

/** Not compressible, so that it stays too long. */
function randomText(length: number): string {
  let seed = 1;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (seed % 90));
  }).join('');
}
