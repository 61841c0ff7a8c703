import { Client } from 'pg';
import { startTestPostgres, type TestPostgres } from './test-postgres';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('startTestPostgres', () => {
  it('gives each caller a database of its own, kept over a restart', async () => {
    const [first, second] = [await postgres.createDatabase(), await postgres.createDatabase()];
    await ask(first.url, 'create table marks as select 7 as value');
    await postgres.restart();
    expect(await ask(first.url, 'select value from marks')).toEqual([{ value: 7 }]);
    expect(await ask(second.url, `select to_regclass('marks') as found`)).toEqual([{ found: null }]);
  });
});
