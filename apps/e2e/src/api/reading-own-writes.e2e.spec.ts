import { publicApi } from '@cofactor/contracts';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { openPractice, positionOf, readAudit, startSignIn, typePassword, type Manager } from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;
let manager: Manager;
let token: string;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
  manager = await openPractice(program);
  token = (await startSignIn(program, manager)).token;
});
afterAll(() => installation.remove());

const list = (query: string, after?: string) =>
  program.get(
    `/v1/organisations/${manager.organisationId}/audit/records${query}`,
    token,
    after === undefined ? {} : { 'cofactor-read-after': after },
  );

describe('I8 reading after a write', () => {
  it('fifty times: the list that is asked with the position of a write holds it', async () => {
    for (let round = 0; round < 50; round += 1) {
      const write = await typePassword(program, manager);
      const requestId = write.headers.get('x-request-id') ?? '';
      const { records } = (await list('?limit=10', positionOf(write))).as(publicApi.listAuditRecords);
      expect(records.map((record) => record.requestId)).toContain(requestId);
    }
    // A hundred requests, one after the other.
  }, 150_000);

  it('several positions at once, as they came', async () => {
    const writes = [await typePassword(program, manager), await typePassword(program, manager)];
    const records = await readAudit(program, manager, token, writes.map(positionOf));
    const seen = records.map(({ requestId }) => requestId);
    expect(seen).toEqual(expect.arrayContaining(writes.map(({ headers }) => headers.get('x-request-id'))));
  });

  it('a position that does not exist yet is waited for, then 503 with Retry-After', async () => {
    const reply = await list('', `person-${manager.personId}@1000000`);
    expect(reply.outcome).toBe('503 not-yet-visible');
    expect(reply.retryAfter).toBe(1);
  });

  it.each([
    'nonsense',
    'person-1',
    'person-1@0',
    'person-1@-1',
    'person-1@x',
    'nobody-1@1',
    '@1',
    'person-1@99999999999',
    'a@1, b',
  ])('a malformed position is refused: %s', async (position) => {
    const reply = await list('', position);
    expect(reply.outcome).toBe('400 invalid-fields');
    expect(reply.problem.errors?.map(({ pointer }) => pointer)).toEqual(['Cofactor-Read-After']);
  });

  it('§6.8: the own factors, sessions and sign-in show acknowledged writes without any header', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { token: fresh } = await startSignIn(program, manager);
      const { sessions } = (await program.get('/v1/me/sessions', fresh)).as(publicApi.listSessions);
      expect(sessions.filter(({ current }) => current)).toHaveLength(1);
      expect((await program.send('DELETE', '/v1/session', { token: fresh })).outcome).toBe('204');
      const left = (await program.get('/v1/me/sessions', token)).as(publicApi.listSessions).sessions;
      expect(left).toHaveLength(sessions.length - 1);
    }
  });
});

describe('pages of a list', () => {
  it('put together are the whole list, newest first, without a gap or a repeat, whatever their size', async () => {
    const last = await typePassword(program, manager);
    const whole = (await list('?limit=500', positionOf(last))).as(publicApi.listAuditRecords);
    expect(whole.next).toBeNull();
    for (const limit of [1, 7, whole.records.length]) {
      const collected: string[] = [];
      let after: string | null = null;
      do {
        const query: string = `?limit=${limit}${after === null ? '' : `&after=${after}`}`;
        const page = (await list(query)).as(publicApi.listAuditRecords);
        expect(page.records.length).toBeLessThanOrEqual(limit);
        collected.push(...page.records.map(({ recordId }) => recordId));
        after = page.next;
      } while (after !== null && collected.length < 1_000);
      expect(collected).toEqual(whole.records.map(({ recordId }) => recordId));
    }
  });

  it('are stable while new records come in', async () => {
    const first = (await list('?limit=5')).as(publicApi.listAuditRecords);
    await readAudit(program, manager, token, [positionOf(await typePassword(program, manager))]);
    const second = (await list(`?limit=5&after=${first.next ?? ''}`)).as(publicApi.listAuditRecords);
    const ids = [...first.records, ...second.records].map(({ recordId }) => recordId);
    expect(new Set(ids).size).toBe(10);
  });

  it('are filtered by type, subject and time', async () => {
    const byType = (await list('?type=sign-in.completed')).as(publicApi.listAuditRecords).records;
    expect(new Set(byType.map(({ type }) => type))).toEqual(new Set(['sign-in.completed']));
    const bySubject = (await list(`?subject=${manager.organisationId}`)).as(publicApi.listAuditRecords).records;
    expect(bySubject.map(({ type }) => type)).toEqual(['organisation.created']);
    const [newest] = byType;
    const from = (await list(`?from=${newest?.at ?? ''}`)).as(publicApi.listAuditRecords).records;
    expect(from.every(({ at }) => at >= (newest?.at ?? ''))).toBe(true);
    const future = (await list('?from=2999-01-01T00:00:00.000Z')).as(publicApi.listAuditRecords).records;
    expect(future).toEqual([]);
  });

  it.each([
    '?limit=0',
    '?limit=501',
    '?limit=x',
    '?limit=1.5',
    '?after=%00',
    '?after=bGVhZiAx',
    '?after=nonsense',
    '?from=yesterday',
    '?order=up',
    '?limit=1&limit=2',
  ])('refuse %s', async (query) => {
    const reply = await list(query);
    expect([reply.status, query]).toEqual([query === '?after=bGVhZiAx' ? 200 : 400, query]);
    if (reply.status === 400) expect(reply.problem.code).toBe('invalid-fields');
  });
});
