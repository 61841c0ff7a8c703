import { organisationRoleSchema, publicApi, type Endpoint } from '@cofactor/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { whoMayPage } from './page';
import { requests } from './requests';
import { callers, neededOwners, readTable } from './rows';

const endpoints: readonly Endpoint[] = Object.values(publicApi);
const rows = readTable();
const named = (name: string, whose: string): string => `${name}, ${whose}`;

describe('the table of who may do what', () => {
  it('has the rows that every endpoint of the interface needs, and no other', () => {
    const needed = endpoints.flatMap((endpoint) => neededOwners(endpoint).map((whose) => named(endpoint.id, whose)));
    expect(rows.map(({ endpoint, whose }) => named(endpoint, whose)).sort()).toEqual(needed.sort());
  });

  it('has a column for every role in a practice', () => {
    expect(callers).toEqual(expect.arrayContaining(organisationRoleSchema.options));
  });

  it('says what is sent to every endpoint', () => {
    expect(Object.keys(requests).sort()).toEqual(endpoints.map(({ id }) => id).sort());
  });

  it('lets nobody in without a token but where the interface says so', () => {
    const open = endpoints.filter(({ caller }) => caller.startsWith('anyone')).map(({ id }) => id);
    const toNobody = rows.filter(({ verdicts }) => verdicts.get('nobody') !== 'not-signed-in');
    expect([...new Set(toNobody.map(({ endpoint }) => endpoint))].sort()).toEqual(open.sort());
  });

  it('is refused where a line leaves somebody out, or says what means nothing', () => {
    const head = ['endpoint', 'whose', ...callers].join(' ');
    const line = (cells: readonly string[]) => `${head}\nlistPeople own ${cells.join(' ')}`;
    const verdicts = callers.map(() => 'no');
    expect(() => readTable(line(verdicts))).not.toThrow();
    expect(() => readTable(line(verdicts.slice(1)))).toThrow('verdicts: listPeople');
    expect(() => readTable(line(['perhaps', ...verdicts.slice(1)]))).toThrow('"perhaps" is no verdict');
    expect(() => readTable(head.replace('patient ', ''))).toThrow('the columns are');
  });

  it('is the one of docs/who-may.md: npm run who-may', () => {
    const page = readFileSync(join(__dirname, '../../../../../docs/who-may.md'), 'utf8');
    expect(page).toBe(whoMayPage());
  });
});
