import { startTestVault, type TestVault } from '../test-vault';

let vault: TestVault;
beforeAll(async () => {
  vault = await startTestVault();
});
afterAll(() => vault.stop());

const soon = () => new Date(vault.clock.now().getTime() + 600_000);
const email = (contactId: string, personId: string, value: string, expiresAt: Date | null) =>
  vault.contacts.seal({ contactId, personId, channel: 'email', value, expiresAt });

describe('a contact', () => {
  it('is opened as it was typed, once it is active', async () => {
    await email('c1', 'sam', 'Sam@Riverside.Example', soon());
    expect(await vault.contacts.openFor('sam', 'email')).toBeNull();
    expect(await vault.contacts.activate('c1')).toBe(true);
    expect(await vault.contacts.activate('c1')).toBe(true);
    expect(await vault.contacts.openFor('sam', 'email')).toBe('Sam@Riverside.Example');
    expect(await vault.contacts.openFor('sam', 'phone')).toBeNull();
    expect(await vault.contacts.openFor('max', 'email')).toBeNull();
  });

  it('without an expiry is active at once', async () => {
    await email('c2', 'ada', 'ada@riverside.example', null);
    expect(await vault.contacts.openFor('ada', 'email')).toBe('ada@riverside.example');
  });

  it('gives way to a newer one, and comes back when that is destroyed', async () => {
    await email('c3-new', 'eve', 'old@riverside.example', null);
    vault.clock.advance(1);
    await email('c3', 'eve', 'new@riverside.example', null);
    expect(await vault.contacts.openFor('eve', 'email')).toBe('new@riverside.example');
    const other = await vault.another();
    await vault.contacts.destroy('c3');
    expect(await other.contacts.openFor('eve', 'email')).toBe('old@riverside.example');
    await vault.contacts.destroy('c3');
    expect(await vault.contacts.activate('c3')).toBe(false);
  });

  it('may stand twice: a crash in the middle of a registration blocks no second one', async () => {
    await email('c4', 'first-try', 'lee@riverside.example', soon());
    await email('c5', 'second-try', 'lee@riverside.example', null);
    expect(await vault.contacts.openFor('second-try', 'email')).toBe('lee@riverside.example');
    vault.clock.advance(601);
    expect(await vault.contacts.sweepExpired(vault.clock.now())).toBe(1);
    expect(await vault.contacts.activate('c4')).toBe(false);
  });

  it('has the same index for two spellings, another for another channel or value', () => {
    const index = vault.contacts.indexOf('email', 'Sam@Riverside.Example ');
    expect(vault.contacts.indexOf('email', 'sam@riverside.example')).toBe(index);
    expect(vault.contacts.indexOf('email', 'max@riverside.example')).not.toBe(index);
    expect(vault.contacts.indexOf('phone', '447700900123')).not.toBe(vault.contacts.indexOf('email', '447700900123'));
    expect(vault.contacts.indexOf('phone', '+44 7700 900 123')).toBe(vault.contacts.indexOf('phone', '+447700900123'));
  });

  it('is opened by one statement', async () => {
    const fresh = await vault.another();
    vault.database.statements.length = 0;
    await fresh.contacts.openFor('ada', 'email');
    expect(vault.database.statements).toHaveLength(1);
  });
});
