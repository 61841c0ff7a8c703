import { startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { createTestVault, type TestVault } from '../test-vault';
import { VaultTampered } from '../vault-errors';
import { dataKeyTables, type VaultKind } from '../vault-kind';

let postgres: TestPostgres;
let vault: TestVault;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  vault = await createTestVault(postgres);
});
afterEach(() => vault.stop());

const expiresAt = () => new Date(vault.clock.now().getTime() + 600_000);
const sealSecret = (credentialId: string, personId: string) =>
  vault.factorSecrets.seal({
    credentialId,
    personId,
    type: 'totp',
    material: credentialId,
    blindIndex: null,
    expiresAt: expiresAt(),
  });

/** What only a holder of the master key could do: hand a person's data key to someone else. */
async function handOver(kind: VaultKind, from: string, to: string) {
  const table = dataKeyTables[kind];
  const [row] = await vault.database.query<{ wrapping_key_id: string; wrapped: Buffer }>(
    `SELECT wrapping_key_id, wrapped FROM ${table} WHERE person_id = $1`,
    [from],
  );
  if (row === undefined) throw new Error(`${from} has no data key`);
  const dataKey = await vault.masterKey.unwrap(kind, from, { keyId: row.wrapping_key_id, wrapped: row.wrapped });
  const { wrapped } = await vault.masterKey.wrap(kind, to, dataKey);
  await vault.database.query(`UPDATE ${table} SET person_id = $2, wrapped = $3 WHERE person_id = $1`, [
    from,
    to,
    wrapped,
  ]);
}

it('a factor secret does not open under another credential of the same person', async () => {
  await sealSecret('one', 'sam');
  await sealSecret('other', 'sam');
  await vault.database.query(
    `UPDATE factor_secret SET sealed = (SELECT sealed FROM factor_secret WHERE credential_id = 'one')
      WHERE credential_id = 'other'`,
  );
  await expect(vault.factorSecrets.open('other')).rejects.toThrow(VaultTampered);
});

it('a factor secret does not open as another type', async () => {
  await sealSecret('one', 'sam');
  await vault.database.query(`UPDATE factor_secret SET type = 'recovery-code'`);
  await expect(vault.factorSecrets.open('one')).rejects.toThrow(VaultTampered);
});

it('a contact does not open under another id of the same person', async () => {
  const contact = { personId: 'sam', channel: 'email' as const, value: 'sam@riverside.example', expiresAt: null };
  await vault.contacts.seal({ ...contact, contactId: 'one' });
  await vault.database.query(`UPDATE contact SET contact_id = 'other'`);
  await expect(vault.contacts.openFor('sam', 'email')).rejects.toThrow(VaultTampered);
});

it('a contact does not open for another channel', async () => {
  const contact = { personId: 'sam', channel: 'email' as const, value: 'sam@riverside.example', expiresAt: null };
  await vault.contacts.seal({ ...contact, contactId: 'one' });
  await vault.database.query(`UPDATE contact SET channel = 'phone'`);
  await expect(vault.contacts.openFor('sam', 'phone')).rejects.toThrow(VaultTampered);
});

it('a row of a data key that is given to another person does not unwrap', async () => {
  await vault.passwords.store('sam', 'hash');
  await vault.database.query(`UPDATE password_key SET person_id = 'max'`);
  await expect(vault.passwords.open('max')).rejects.toThrow(VaultTampered);
});

it('nothing of a person opens for another, even by someone who wraps the data key for them', async () => {
  await sealSecret('one', 'sam');
  const contact = { personId: 'sam', channel: 'email' as const, value: 'sam@riverside.example', expiresAt: null };
  await vault.contacts.seal({ ...contact, contactId: 'one' });
  await vault.passwords.store('sam', 'hash');
  const field = await vault.personalFields.seal('sam', 'name');
  for (const kind of ['factor-secret', 'contact', 'password', 'personal-field'] as const) {
    await handOver(kind, 'sam', 'max');
  }
  await expect(vault.factorSecrets.open('one')).rejects.toThrow(VaultTampered);
  await expect(vault.contacts.openFor('max', 'email')).rejects.toThrow(VaultTampered);
  await expect(vault.passwords.open('max')).rejects.toThrow(VaultTampered);
  await expect(vault.personalFields.open('max', field)).rejects.toThrow(VaultTampered);
});
