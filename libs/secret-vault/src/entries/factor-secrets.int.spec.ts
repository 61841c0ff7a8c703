import { startTestVault, type TestVault } from '../test-vault';

let vault: TestVault;
beforeAll(async () => {
  vault = await startTestVault();
});
afterAll(() => vault.stop());

let number = 0;
async function aPendingSecret(personId = `person-${++number}`) {
  const credentialId = `credential-${++number}`;
  const expiresAt = new Date(vault.clock.now().getTime() + 600_000);
  await vault.factorSecrets.seal({
    credentialId,
    personId,
    type: 'totp',
    material: { secret: 'JBSWY3DP' },
    blindIndex: null,
    expiresAt,
  });
  return { credentialId, personId };
}
async function anActiveSecret() {
  const sealed = await aPendingSecret();
  await vault.factorSecrets.activate(sealed.credentialId, { acceptedStep: 59_000_000 });
  return sealed;
}

describe('a factor secret', () => {
  it('§6.3: is pending until it is activated, and carries the step that confirmed it', async () => {
    const { credentialId, personId } = await aPendingSecret();
    const pending = { personId, type: 'totp', state: 'pending', material: { secret: 'JBSWY3DP' }, acceptedStep: null };
    expect(await vault.factorSecrets.open(credentialId)).toEqual(pending);
    expect(await vault.factorSecrets.activate(credentialId, { acceptedStep: 59_000_000 })).toBe(true);
    expect(await vault.factorSecrets.open(credentialId)).toEqual({
      ...pending,
      state: 'active',
      acceptedStep: 59_000_000,
    });
  });

  it('keeps its first accepted step when it is activated again', async () => {
    const { credentialId } = await anActiveSecret();
    expect(await vault.factorSecrets.activate(credentialId, { acceptedStep: 1 })).toBe(true);
    expect((await vault.factorSecrets.open(credentialId))?.acceptedStep).toBe(59_000_000);
  });

  it('§6.3: destroyed means dead at once, in every process, whatever it has cached', async () => {
    const { credentialId } = await anActiveSecret();
    const other = await vault.another();
    expect(await other.factorSecrets.open(credentialId)).not.toBeNull();
    await vault.factorSecrets.destroy(credentialId);
    expect(await vault.factorSecrets.open(credentialId)).toBeNull();
    expect(await other.factorSecrets.open(credentialId)).toBeNull();
    expect(await vault.factorSecrets.activate(credentialId, { acceptedStep: null })).toBe(false);
    await vault.factorSecrets.destroy(credentialId);
  });

  it('is dead when it expires before it was activated, and activation in flight still wins', async () => {
    const { credentialId } = await aPendingSecret();
    vault.clock.advance(600);
    expect(await vault.factorSecrets.open(credentialId)).toBeNull();
    expect(await vault.factorSecrets.activate(credentialId, { acceptedStep: null })).toBe(true);
    expect((await vault.factorSecrets.open(credentialId))?.state).toBe('active');
  });

  it('is swept when pending and expired, and only then', async () => {
    await vault.factorSecrets.sweepExpired(new Date('2100-01-01'));
    const [expired, active] = [await aPendingSecret(), await anActiveSecret()];
    vault.clock.advance(601);
    const pending = await aPendingSecret();
    expect(await vault.factorSecrets.sweepExpired(vault.clock.now())).toBe(1);
    const left = await vault.database.query<{ credential_id: string }>('SELECT credential_id FROM factor_secret');
    const ids = left.map((row) => row.credential_id);
    expect(ids).toEqual(expect.arrayContaining([active.credentialId, pending.credentialId]));
    expect(ids).not.toContain(expired.credentialId);
  });

  it('is opened by one statement, the first time and every time', async () => {
    const { credentialId } = await anActiveSecret();
    const fresh = await vault.another();
    vault.database.statements.length = 0;
    await fresh.factorSecrets.open(credentialId);
    await fresh.factorSecrets.open(credentialId);
    expect(vault.database.statements).toHaveLength(2);
  });

  it('is sealed once: a second seal of the same credential is refused', async () => {
    const { credentialId, personId } = await aPendingSecret();
    const again = {
      credentialId,
      personId,
      type: 'totp',
      material: {},
      blindIndex: null,
      expiresAt: vault.clock.now(),
    };
    await expect(vault.factorSecrets.seal(again)).rejects.toMatchObject({ code: '23505' });
  });
});

describe('the data key of a person', () => {
  it('is made once, however many processes seal first at the same time', async () => {
    const personId = 'raced-for';
    const processes = await Promise.all(Array.from({ length: 6 }, () => vault.another()));
    const expiresAt = new Date(vault.clock.now().getTime() + 60_000);
    await Promise.all(
      processes.map(({ factorSecrets }, index) =>
        factorSecrets.seal({
          credentialId: `raced-${index}`,
          personId,
          type: 'totp',
          material: index,
          blindIndex: null,
          expiresAt,
        }),
      ),
    );
    const keys = await vault.database.query('SELECT 1 FROM factor_secret_key WHERE person_id = $1', [personId]);
    expect(keys).toHaveLength(1);
    for (const [index] of processes.entries()) {
      expect((await vault.factorSecrets.open(`raced-${index}`))?.material).toBe(index);
    }
  });

  it('is not used for a new entry once it was destroyed, although it is cached', async () => {
    const { personId } = await aPendingSecret('destroyed-and-back');
    await vault.database.query('DELETE FROM factor_secret_key WHERE person_id = $1', [personId]);
    const { credentialId } = await aPendingSecret(personId);
    const elsewhere = await vault.another();
    expect((await elsewhere.factorSecrets.open(credentialId))?.material).toEqual({ secret: 'JBSWY3DP' });
  });
});

describe('a confirmed set-up', () => {
  const index = 'a-keyed-hash';
  const confirmed = (sealed: { credentialId: string; personId: string }) =>
    vault.factorSecrets.confirm({ ...sealed, type: 'totp', material: { key: 'confirmed' }, blindIndex: index });

  it('keeps what its confirmation brought, once it is active', async () => {
    const sealed = await aPendingSecret();
    await confirmed(sealed);
    expect(await vault.factorSecrets.open(sealed.credentialId)).toMatchObject({
      state: 'pending',
      material: { key: 'confirmed' },
    });
    await vault.factorSecrets.activate(sealed.credentialId, { acceptedStep: null });
    expect((await vault.factorSecrets.open(sealed.credentialId))?.material).toEqual({ key: 'confirmed' });
  });

  it('§6.3: cannot be put in the place of an active one', async () => {
    const sealed = await anActiveSecret();
    await confirmed(sealed);
    expect((await vault.factorSecrets.open(sealed.credentialId))?.material).toEqual({ secret: 'JBSWY3DP' });
  });

  it('AX6: is found by what makes it the same as another, while it is active', async () => {
    const [one, other, pending] = [await aPendingSecret(), await aPendingSecret(), await aPendingSecret()];
    for (const sealed of [one, other, pending]) await confirmed(sealed);
    for (const { credentialId } of [one, other])
      await vault.factorSecrets.activate(credentialId, { acceptedStep: null });
    const holders = await vault.factorSecrets.holdersOf(index);
    expect(holders).toEqual(expect.arrayContaining([one.personId, other.personId]));
    expect(holders).not.toContain(pending.personId);
    await vault.factorSecrets.destroy(one.credentialId);
    expect(await vault.factorSecrets.holdersOf(index)).not.toContain(one.personId);
  });
});
