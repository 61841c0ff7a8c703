import { randomBytes } from 'node:crypto';
import { destroyPerson } from './destroy-person';
import { Contacts } from './entries/contacts';
import { FactorSecrets } from './entries/factor-secrets';
import { Passwords } from './entries/passwords';
import { PersonalFields } from './entries/personal-fields';
import { grantVaultRights, type VaultRoles } from './grant-vault-rights';
import { beginVaultEpoch, VaultMarks } from './vault-marks';
import { startTestVault, TestDatabase, type TestVault, unrecorded } from './test-vault';

const roles: VaultRoles = {
  identity: 'vault_identity',
  factorEnrollment: 'vault-factor-enrollment',
  challenge: 'vault_"challenge"',
  notification: 'vault_notification',
  audit: 'vault_audit',
};
const services = Object.keys(roles) as (keyof VaultRoles)[];
const refused = { code: '42501' };

let vault: TestVault;
const databases = new Map<keyof VaultRoles, TestDatabase>();

beforeAll(async () => {
  vault = await startTestVault();
  for (const service of services) {
    const password = randomBytes(12).toString('hex');
    const role = roles[service].replaceAll('"', '""');
    await vault.database.query(`CREATE ROLE "${role}" LOGIN PASSWORD '${password}'`);
    const url = new URL(vault.url);
    url.username = encodeURIComponent(roles[service]);
    url.password = password;
    databases.set(service, new TestDatabase(url.href));
  }
  // A right too many from an earlier time, which must go.
  await vault.database.query('GRANT ALL ON factor_secret, password TO vault_audit');
  await grantVaultRights(vault.database, roles);
  await grantVaultRights(vault.database, roles);
});
afterAll(async () => {
  for (const database of databases.values()) await database.close();
  await vault.stop();
});

/** The vault as a service has it: its role, but (worse than in life) the keys of every kind. */
function as(service: keyof VaultRoles) {
  const database = databases.get(service);
  if (!database) throw new Error(`no database for ${service}`);
  const parts = { database, clock: vault.clock, masterKey: vault.masterKey };
  return {
    database,
    factorSecrets: new FactorSecrets(parts),
    contacts: new Contacts({ ...parts, keyedHashes: vault.masterKey }),
    passwords: new Passwords(parts),
    personalFields: new PersonalFields(parts),
  };
}
const soon = () => new Date(vault.clock.now().getTime() + 600_000);
const secretOf = (personId: string) => ({
  credentialId: `credential-of-${personId}`,
  personId,
  type: 'totp',
  material: 'seed',
  blindIndex: null,
  expiresAt: soon(),
});
const contactOf = (personId: string) => ({
  contactId: `contact-of-${personId}`,
  personId,
  channel: 'email' as const,
  value: 'sam@riverside.example',
  expiresAt: null,
});

it('each role has exactly the rights of DESIGN §4', async () => {
  const verbs = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];
  const tables = await vault.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
  );
  const held: Record<string, string> = {};
  for (const service of services) {
    for (const { name } of tables) {
      const [row] = await vault.database.query<{ has: string[] }>(
        `SELECT array_agg(left(verb, 1) ORDER BY ordinal) FILTER (WHERE has_table_privilege($1, $2, verb)) AS has
           FROM unnest($3::text[]) WITH ORDINALITY AS verbs(verb, ordinal)`,
        [roles[service], name, verbs],
      );
      if (row?.has) held[`${service} ${name}`] = row.has.join('');
    }
  }
  expect(held).toEqual({
    'identity contact': 'SIUD',
    'identity contact_key': 'SID',
    'identity password': 'SIUD',
    'identity password_key': 'SID',
    'identity factor_secret_key': 'D',
    'identity personal_field_key': 'SID',
    'factorEnrollment factor_secret': 'SIUD',
    'factorEnrollment factor_secret_key': 'SI',
    'factorEnrollment contact': 'SI',
    'factorEnrollment contact_key': 'SI',
    'factorEnrollment personal_field_key': 'SI',
    'challenge factor_secret': 'S',
    'challenge factor_secret_key': 'S',
    'challenge contact': 'S',
    'challenge contact_key': 'S',
    'challenge personal_field_key': 'SI',
    'notification contact': 'S',
    'notification contact_key': 'S',
    'notification personal_field_key': 'SI',
    'audit personal_field_key': 'SI',
    ...Object.fromEntries(
      services.flatMap((service) => [
        [`${service} vault_epoch`, 'S'],
        [`${service} mark`, 'SIU'],
      ]),
    ),
  });
});

it('§6.12 a role sees and moves its own marks alone, whatever it calls itself', async () => {
  const marksOf = (role: keyof VaultRoles, service: string) => new VaultMarks(as(role).database, service);
  await marksOf('identity', 'identity').leave(7);
  await marksOf('audit', 'identity').leave(99);
  expect(await as('audit').database.query('SELECT FROM mark')).toHaveLength(1);
  expect(await marksOf('identity', 'identity').read()).toEqual({ epoch: '1', last: '7' });
  const forged = as('audit').database.query("INSERT INTO mark (role, service, last) VALUES ('vault_identity', 'x', 1)");
  await expect(forged).rejects.toMatchObject(refused);
  await expect(beginVaultEpoch(as('identity').database)).rejects.toMatchObject(refused);
});

it('factor-enrollment does all with factor secrets; challenge opens them; nobody else', async () => {
  const enrollment = as('factorEnrollment').factorSecrets;
  await enrollment.seal(secretOf('sam'));
  await enrollment.activate('credential-of-sam', { acceptedStep: 7 });
  const challenge = as('challenge').factorSecrets;
  expect((await challenge.open('credential-of-sam'))?.material).toBe('seed');
  await expect(challenge.activate('credential-of-sam', { acceptedStep: 1 })).rejects.toMatchObject(refused);
  await expect(challenge.destroy('credential-of-sam')).rejects.toMatchObject(refused);
  await expect(challenge.seal(secretOf('sam'))).rejects.toMatchObject(refused);
  for (const service of ['identity', 'notification', 'audit'] as const) {
    await expect(as(service).factorSecrets.open('credential-of-sam')).rejects.toMatchObject(refused);
    await expect(as(service).factorSecrets.seal(secretOf('max'))).rejects.toMatchObject(refused);
    await expect(as(service).factorSecrets.destroy('credential-of-sam')).rejects.toMatchObject(refused);
  }
  await enrollment.sweepExpired(vault.clock.now());
  await enrollment.destroy('credential-of-sam');
  expect(await challenge.open('credential-of-sam')).toBeNull();
});

it('identity does all with contacts; factor-enrollment seals and opens; challenge and notification open', async () => {
  await as('identity').contacts.seal(contactOf('sam'));
  await as('identity').contacts.activate('contact-of-sam');
  await as('factorEnrollment').contacts.seal(contactOf('max'));
  for (const service of ['identity', 'factorEnrollment', 'challenge', 'notification'] as const) {
    expect(await as(service).contacts.openFor('sam', 'email')).toBe('sam@riverside.example');
  }
  await expect(as('audit').contacts.openFor('sam', 'email')).rejects.toMatchObject(refused);
  for (const service of ['factorEnrollment', 'challenge', 'notification', 'audit'] as const) {
    await expect(as(service).contacts.destroy('contact-of-sam')).rejects.toMatchObject(refused);
  }
  for (const service of ['challenge', 'notification', 'audit'] as const) {
    await expect(as(service).contacts.seal(contactOf('sam'))).rejects.toMatchObject(refused);
  }
  await as('identity').contacts.destroy('contact-of-sam');
});

it('passwords are identity’s alone', async () => {
  await as('identity').passwords.store('sam', '$argon2id$');
  await as('identity').passwords.store('sam', '$argon2id$again');
  expect(await as('identity').passwords.open('sam')).toBe('$argon2id$again');
  for (const service of services.filter((name) => name !== 'identity')) {
    await expect(as(service).passwords.open('sam')).rejects.toMatchObject(refused);
    await expect(as(service).passwords.store('sam', 'mine')).rejects.toMatchObject(refused);
    await expect(as(service).passwords.destroy('sam')).rejects.toMatchObject(refused);
  }
  await as('identity').passwords.destroy('sam');
});

it('every service seals personal fields, and none but identity destroys a person', async () => {
  for (const service of services) {
    const sealed = await as(service).personalFields.seal(`made-by-${service}`, 'name');
    expect(await as('audit').personalFields.open(`made-by-${service}`, sealed)).toBe('name');
    if (service !== 'identity')
      await expect(destroyPerson(as(service).database, unrecorded, 'sam')).rejects.toMatchObject(refused);
  }
});

it('identity destroys a person of every kind, though it opens no factor secret', async () => {
  await as('factorEnrollment').factorSecrets.seal(secretOf('ada'));
  await as('identity').contacts.seal(contactOf('ada'));
  await destroyPerson(as('identity').database, unrecorded, 'ada');
  expect(await as('challenge').factorSecrets.open('credential-of-ada')).toBeNull();
  expect(await as('challenge').contacts.openFor('ada', 'email')).toBeNull();
  await expect(as('identity').database.query('SELECT wrapped FROM factor_secret_key')).rejects.toMatchObject(refused);
});
