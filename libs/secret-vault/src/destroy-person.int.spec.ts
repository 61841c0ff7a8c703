import { destroyPerson } from './destroy-person';
import { startTestVault, type TestVault, unrecorded } from './test-vault';

let vault: TestVault;
beforeAll(async () => {
  vault = await startTestVault();
});
afterAll(() => vault.stop());

async function everyKindOf(personId: string): Promise<string> {
  const expiresAt = new Date(vault.clock.now().getTime() + 600_000);
  const secret = { personId, type: 'totp', material: { secret: 'seed' }, blindIndex: null, expiresAt };
  await vault.factorSecrets.seal({ ...secret, credentialId: `active-of-${personId}` });
  await vault.factorSecrets.activate(`active-of-${personId}`, { acceptedStep: 1 });
  await vault.factorSecrets.seal({ ...secret, credentialId: `pending-of-${personId}` });
  const value = `${personId}@riverside.example`;
  await vault.contacts.seal({ contactId: `c-${personId}`, personId, channel: 'email', value, expiresAt: null });
  await vault.contacts.seal({ contactId: `p-${personId}`, personId, channel: 'phone', value: '+4477', expiresAt });
  await vault.passwords.store(personId, '$argon2id$hash');
  return vault.personalFields.seal(personId, 'name');
}

/** Every row of every table, as text. */
async function dump(): Promise<string[]> {
  const tables = await vault.database.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => vault.database.query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`)),
  );
  return rows.flat().map(({ line }) => line);
}

/** The values by which a row can be told: everything but states, types and times. */
const traces = (lines: readonly string[]): string[] => lines.flatMap((line) => line.match(/[\w@.-]{20,}/g) ?? []);

describe('destroying a person', () => {
  it('BX7: leaves no key, entry or index of theirs in any table, and all of everybody else', async () => {
    const before = await everyKindOf('max').then(dump);
    await everyKindOf('sam');
    const added = (await dump()).filter((line) => !before.includes(line));
    expect(added).toHaveLength(9);
    await destroyPerson(vault.database, unrecorded, 'sam');
    const after = await dump();
    expect(after.sort()).toEqual(before.sort());
    const left = after.join('\n');
    const ofSam = traces(added).filter((trace) => !traces(before).includes(trace));
    expect(ofSam.length).toBeGreaterThanOrEqual(9);
    for (const trace of ofSam) expect(left).not.toContain(trace);
    expect(left).not.toContain('sam');
  });

  it('closes everything at once, in processes that had it cached', async () => {
    const field = await everyKindOf('ada');
    const other = await vault.another();
    const openAll = () =>
      Promise.all([
        other.factorSecrets.open('active-of-ada'),
        other.factorSecrets.open('pending-of-ada'),
        other.contacts.openFor('ada', 'email'),
        other.passwords.open('ada'),
        other.personalFields.open('ada', field),
      ]);
    expect(await openAll()).not.toContain(null);
    await destroyPerson(vault.database, unrecorded, 'ada');
    expect(await openAll()).toEqual([null, null, null, null, null]);
    expect(await other.factorSecrets.activate('pending-of-ada', { acceptedStep: null })).toBe(false);
  });

  it('is one transaction: where one kind fails, nothing is gone', async () => {
    await everyKindOf('eve');
    const before = await dump();
    await vault.database.query('ALTER TABLE personal_field_key RENAME TO personal_field_key_away');
    await expect(destroyPerson(vault.database, unrecorded, 'eve')).rejects.toThrow();
    await vault.database.query('ALTER TABLE personal_field_key_away RENAME TO personal_field_key');
    expect((await dump()).sort()).toEqual(before.sort());
  });

  it('§6.12: erases nobody whose erasure is not recorded outside the vault', async () => {
    await everyKindOf('kim');
    const before = await dump();
    const record = { personErased: () => Promise.reject(new Error('disk full')) };
    await expect(destroyPerson(vault.database, record, 'kim')).rejects.toThrow('disk full');
    expect((await dump()).sort()).toEqual(before.sort());
  });

  it('who is unknown, or destroyed already, is no error', async () => {
    await destroyPerson(vault.database, unrecorded, 'nobody');
    await destroyPerson(vault.database, unrecorded, 'nobody');
  });
});
