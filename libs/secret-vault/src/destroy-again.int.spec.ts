import { destroyAgain } from './destroy-again';
import { startTestVault, type TestVault } from './test-vault';

let vault: TestVault;
beforeAll(async () => {
  vault = await startTestVault();
});
afterAll(() => vault.stop());

async function activeSecret(credentialId: string, personId: string, type: string, acceptedStep: number | null) {
  const expiresAt = new Date(vault.clock.now().getTime() + 600_000);
  await vault.factorSecrets.seal({ credentialId, personId, type, material: {}, blindIndex: null, expiresAt });
  await vault.factorSecrets.activate(credentialId, { acceptedStep });
}
const acceptedStepOf = async (credentialId: string) => (await vault.factorSecrets.open(credentialId))?.acceptedStep;

it('§6.12 what a restored vault brought back is destroyed again, and nothing else', async () => {
  await activeSecret('revoked', 'ann', 'totp', 5);
  await activeSecret('kept', 'ann', 'totp', 5);
  await activeSecret('used later', 'ann', 'totp', 900);
  await activeSecret('codes', 'ann', 'recovery-code', null);
  await activeSecret('of the erased', 'eve', 'totp', 5);
  await vault.passwords.store('eve', '$argon2id$hash');
  const destroyed = { credentialIds: ['revoked', 'never there'], personIds: ['eve'], spentStep: 700 };
  await destroyAgain(vault.database, destroyed);
  await destroyAgain(vault.database, destroyed);
  expect(await vault.factorSecrets.open('revoked')).toBeNull();
  expect(await vault.factorSecrets.open('of the erased')).toBeNull();
  expect(await vault.passwords.open('eve')).toBeNull();
  expect(await Promise.all(['kept', 'used later', 'codes'].map(acceptedStepOf))).toEqual([700, 900, null]);
});
