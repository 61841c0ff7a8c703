import { startTestVault, type TestVault } from '../test-vault';

let vault: TestVault;
beforeAll(async () => {
  vault = await startTestVault();
});
afterAll(() => vault.stop());

describe("a person's password hash", () => {
  it('is kept, replaced and destroyed, in every process at once', async () => {
    const other = await vault.another();
    expect(await other.passwords.open('sam')).toBeNull();
    await vault.passwords.store('sam', '$argon2id$first');
    expect(await other.passwords.open('sam')).toBe('$argon2id$first');
    await vault.passwords.store('sam', '$argon2id$second');
    expect(await other.passwords.open('sam')).toBe('$argon2id$second');
    await vault.passwords.destroy('sam');
    expect(await other.passwords.open('sam')).toBeNull();
    await vault.passwords.destroy('sam');
    await vault.passwords.store('sam', '$argon2id$third');
    expect(await other.passwords.open('sam')).toBe('$argon2id$third');
  });

  it('stored twice at the same time is one of the two', async () => {
    const other = await vault.another();
    await Promise.all([vault.passwords.store('max', 'one'), other.passwords.store('max', 'two')]);
    expect(['one', 'two']).toContain(await vault.passwords.open('max'));
  });

  it('is opened by one statement, also where there is none', async () => {
    const fresh = await vault.another();
    vault.database.statements.length = 0;
    await fresh.passwords.open('sam');
    await fresh.passwords.open('nobody');
    expect(vault.database.statements).toHaveLength(2);
  });
});
