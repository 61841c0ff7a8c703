import { destroyPerson } from '../destroy-person';
import { startTestVault, type TestVault, unrecorded } from '../test-vault';
import { VaultTampered } from '../vault-errors';

let vault: TestVault;
beforeAll(async () => {
  vault = await startTestVault();
});
afterAll(() => vault.stop());

const source = { ip: '203.0.113.9', userAgent: 'Mozilla/5.0' };

describe('a personal field', () => {
  it('is one compact text, which any process opens', async () => {
    const sealed = await vault.personalFields.seal('sam', source);
    expect(sealed).toMatch(/^[\w-]+$/);
    expect(sealed.length).toBeLessThanOrEqual(Math.ceil(((JSON.stringify(source).length + 45) * 4) / 3));
    expect(await (await vault.another()).personalFields.open('sam', sealed)).toEqual(source);
  });

  it('may belong to nobody: the installation', async () => {
    const sealed = await vault.personalFields.seal('installation', source);
    expect(await vault.personalFields.open('installation', sealed)).toEqual(source);
  });

  it('asks the database once a minute for sealing, and once for opening many', async () => {
    const fresh = await vault.another();
    vault.database.statements.length = 0;
    const sealed = [await fresh.personalFields.seal('sam', 1), await fresh.personalFields.seal('sam', 2)];
    expect(vault.database.statements).toHaveLength(1);
    vault.clock.advance(60);
    await fresh.personalFields.seal('sam', 3);
    expect(vault.database.statements).toHaveLength(2);
    const many = [...sealed, await fresh.personalFields.seal('sam', 'last')].map((field) => ({
      personId: 'sam',
      sealed: field,
    }));
    expect(await fresh.personalFields.openMany(many)).toEqual([1, 2, 'last']);
    expect(vault.database.statements).toHaveLength(3);
    expect(await fresh.personalFields.openMany([])).toEqual([]);
  });

  it('BX7: is null once the key of its person is destroyed, in every process at once', async () => {
    const other = await vault.another();
    const [erased, kept] = [await other.personalFields.seal('ada', 1), await other.personalFields.seal('eve', 2)];
    await destroyPerson(vault.database, unrecorded, 'ada');
    expect(
      await other.personalFields.openMany([
        { personId: 'ada', sealed: erased },
        { personId: 'eve', sealed: kept },
      ]),
    ).toEqual([null, 2]);
  });

  it('BX7: sealed under a key that was destroyed meanwhile, it stays closed, whatever is made later', async () => {
    const other = await vault.another();
    await other.personalFields.seal('lee', 1);
    await destroyPerson(vault.database, unrecorded, 'lee');
    const late = await other.personalFields.seal('lee', 2);
    const anew = await vault.personalFields.seal('lee', 3);
    expect(await other.personalFields.open('lee', late)).toBeNull();
    expect(await vault.personalFields.open('lee', late)).toBeNull();
    expect(await vault.personalFields.open('lee', anew)).toBe(3);
    expect(await other.personalFields.open('lee', anew)).toBe(3);
  });

  it("is never opened as another person's", async () => {
    const sealed = await vault.personalFields.seal('sam', source);
    await vault.personalFields.seal('max', source);
    expect(await vault.personalFields.open('max', sealed)).toBeNull();
    await vault.database.query(
      `UPDATE personal_field_key SET data_key_id = '00000000-0000-4000-8000-000000000000' WHERE person_id = 'sam'`,
    );
    await vault.database.query(
      `UPDATE personal_field_key SET data_key_id = encode(decode($1, 'hex'), 'hex')::uuid WHERE person_id = 'max'`,
      [Buffer.from(sealed, 'base64url').subarray(1, 17).toString('hex')],
    );
    await expect((await vault.another()).personalFields.open('max', sealed)).rejects.toThrow(VaultTampered);
  });

  it('never opens with any byte altered', async () => {
    const sealed = Buffer.from(await vault.personalFields.seal('tam', source), 'base64url');
    for (const index of sealed.keys()) {
      const altered = Buffer.from(sealed);
      altered[index] = (altered[index] ?? 0) ^ 0x80;
      const opening = vault.personalFields.open('tam', altered.toString('base64url'));
      // Bytes 1 to 16 name the data key: another name is a key that is not there.
      if (index >= 1 && index <= 16) expect(await opening).toBeNull();
      else await expect(opening).rejects.toThrow(VaultTampered);
    }
    await expect(vault.personalFields.open('tam', '')).rejects.toThrow(VaultTampered);
  });
});
