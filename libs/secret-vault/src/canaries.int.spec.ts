import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestVault, type TestVault } from './test-vault';

const canaries = {
  seed: 'CANARYSEEDJBSWY3DPEHPK3PXP',
  email: 'canary-address@riverside.example',
  phone: '+447700900912',
  hash: '$argon2id$canary-verifier',
  userAgent: 'canary-user-agent/1.0',
};
const forms = Object.values(canaries).flatMap((text) => [
  text,
  text.toUpperCase(),
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
]);

let vault: TestVault;
beforeAll(async () => {
  vault = await startTestVault();
});
afterAll(() => vault.stop());

async function everythingSealed(): Promise<string> {
  const expiresAt = new Date(vault.clock.now().getTime() + 600_000);
  const personId = 'sam';
  const material = { secret: canaries.seed };
  await vault.factorSecrets.seal({
    credentialId: 'credential',
    personId,
    type: 'totp',
    material,
    blindIndex: null,
    expiresAt,
  });
  await vault.factorSecrets.activate('credential', { acceptedStep: 1 });
  await vault.contacts.seal({ contactId: 'c', personId, channel: 'email', value: canaries.email, expiresAt: null });
  await vault.contacts.seal({ contactId: 'p', personId, channel: 'phone', value: canaries.phone, expiresAt });
  await vault.passwords.store(personId, canaries.hash);
  return vault.personalFields.seal(personId, { userAgent: canaries.userAgent });
}

/** Which canaries stand in a file, in any of their forms. */
const found = (content: Buffer): string[] => forms.filter((form) => content.includes(form));

it('I4: no canary stands anywhere in the files of the database, tables and write-ahead log alike', async () => {
  const field = await everythingSealed();
  await vault.database.query(`CREATE TABLE marker (text text)`);
  await vault.database.query(`INSERT INTO marker VALUES ('this-proves-that-the-files-are-read')`);
  await vault.database.query('CHECKPOINT');
  const [row] = await vault.database.query<{ data_directory: string }>('SHOW data_directory');
  const folder = row?.data_directory ?? '';
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let marked = 0;
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const content = await readFile(join(entry.parentPath, entry.name));
    expect(found(content)).toEqual([]);
    if (content.includes('this-proves-that-the-files-are-read')) marked += 1;
  }
  expect(marked).toBeGreaterThanOrEqual(2);
  expect(found(Buffer.from(field, 'base64url'))).toEqual([]);
  expect(found(Buffer.from(field))).toEqual([]);
});

it('I4: no canary stands in the errors of the vault', async () => {
  const expiresAt = vault.clock.now();
  const secret = {
    credentialId: 'twice',
    personId: 'sam',
    type: 'totp',
    material: { secret: canaries.seed },
    blindIndex: null,
    expiresAt,
  };
  await vault.factorSecrets.seal(secret);
  const errors = await Promise.allSettled([
    vault.factorSecrets.seal(secret),
    vault.contacts.seal({
      contactId: 'd',
      personId: 'sam',
      channel: 'fax' as 'email',
      value: canaries.email,
      expiresAt,
    }),
    vault.passwords.store('nul\u0000', canaries.hash),
    vault.personalFields.open('sam', `AQ${Buffer.from(canaries.userAgent).toString('base64url')}`),
  ]);
  for (const error of errors.slice(0, 3)) {
    if (error.status === 'fulfilled') throw new Error('this should have failed');
    const reason = error.reason as Error;
    expect(found(Buffer.from(JSON.stringify({ ...reason, message: reason.message, stack: reason.stack })))).toEqual([]);
  }
});
