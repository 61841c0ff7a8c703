import type { Fact } from '@cofactor/contracts';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasJournal, journalOf, readTombstones, TombstoneJournal } from './tombstone-journal';

const aFact = (id: string): Fact => ({
  id,
  service: 'challenge',
  position: 1,
  epoch: 1,
  stream: 'credential-1',
  version: 1,
  type: 'challenge.passed',
  schemaVersion: 1,
  at: '2026-01-01T00:00:00.000Z',
  envelope: {
    organisationIds: [],
    actor: { kind: 'service', id: 'test' },
    subject: { kind: 'unknown', id: 'nobody' },
    origin: { requestId: 'test', traceparent: null, sealed: null, sealedFor: 'installation' },
    policyVersion: null,
  },
  data: {},
});

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'cofactor-tombstones-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function write(work: (journal: TombstoneJournal) => Promise<void>): Promise<void> {
  const journal = await TombstoneJournal.open(home);
  await work(journal).finally(() => journal.close());
}
const idsOf = async () => (await readTombstones(home)).facts.map(({ id }) => id);

describe('§6.12 the journal of tombstones', () => {
  it('is not there before the first start, and says nothing then', async () => {
    expect(hasJournal(home)).toBe(false);
    expect(await readTombstones(home)).toEqual({ facts: [], erased: [] });
  });

  it('gives back what was written, over any number of starts, each fact once', async () => {
    await write((journal) => journal.keep([aFact('a'), aFact('b')]));
    await write(async (journal) => {
      await journal.keep([aFact('b'), aFact('c')]);
      await journal.personErased('person-1');
    });
    expect(await readTombstones(home)).toEqual({ facts: ['a', 'b', 'c'].map(aFact), erased: ['person-1'] });
    expect(readFileSync(journalOf(home), 'utf8').match(/"id":"b"/g)).toHaveLength(1);
  });

  it('a line that a power cut left half-written costs no other, and its fact is taken again', async () => {
    await write((journal) => journal.keep([aFact('a')]));
    appendFileSync(journalOf(home), JSON.stringify({ fact: aFact('b') }).slice(0, 40));
    await write((journal) => journal.keep([aFact('b'), aFact('c')]));
    expect(await idsOf()).toEqual(['a', 'b', 'c']);
  });
});
