import 'reflect-metadata';
import { publicApi } from '@cofactor/contracts';
import { Database, isMigrated, PostgresEventStore } from '@cofactor/event-store';
import { Contacts, FileMasterKey, KeyFileRefused, Passwords, PersonalFields } from '@cofactor/secret-vault';
import { ConfigurationError, createRecorder, Hashing, systemClock } from '@cofactor/service-kit';
import { randomBytes } from 'node:crypto';
import { Directory } from './adapters/directory';
import { atTheMachine, InstallationStaff, type Appointment } from './adapters/installation-staff';
import { Registration } from './adapters/registration';
import { identityMigrations } from './app.module';
import { placesOf } from './operator-settings';

const usage = 'npm run operator -- EMAIL makes whoever has this address an operator of the installation.';
const emailSchema = publicApi.createOrganisation.body.shape.manager.shape.email;

/**
 * `npm run operator -- EMAIL`: appoints an operator in the installation that the environment names, and writes what
 * became of it; the password of a new person is in these lines and nowhere else. Answers the exit code.
 */
export async function runOperatorCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  write: (line: string) => void,
): Promise<0 | 1> {
  const [word, ...others] = words;
  const email = emailSchema.safeParse(word);
  if (word === undefined || others.length > 0 || !email.success) {
    write(word === undefined || others.length > 0 ? usage : `That is no email address. ${usage}`);
    return 1;
  }
  try {
    const appointment = await withStaff(environment, (staff) =>
      staff.appoint({ email: email.data, name: null }, 'operator', atTheMachine()),
    );
    linesOf(email.data, appointment).forEach(write);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof KeyFileRefused)) throw error;
    write(`${error.message.replace(/[.]$/, '')}.`);
    return 1;
  }
}

function linesOf(email: string, appointment: Appointment): readonly string[] {
  switch (appointment.kind) {
    case 'registered':
      return [
        `${email} is an operator now, with this password. It is shown this once:`,
        '',
        `  ${appointment.password}`,
        '',
        'Sign in with it; a second factor is set up there.',
      ];
    case 'appointed':
      return [`${email} is an operator now, with the password they have. A second factor is asked for from now on.`];
    case 'held-already':
      return [`${email} is an operator already. Nothing has changed.`];
  }
}

async function withStaff<Result>(
  environment: Readonly<Record<string, string | undefined>>,
  work: (staff: InstallationStaff) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, vaultUrl, vaultKeys } = await placesOf(environment);
  const masterKey = await FileMasterKey.load(vaultKeys);
  const database = await open('identity', databaseUrl);
  try {
    if (!(await isMigrated(database, identityMigrations))) {
      throw new ConfigurationError('Tables of identity are missing; run "npm run migrate -- identity" first');
    }
    const vault = await open('the vault', vaultUrl);
    try {
      return await work(await staffOn(database, vault, masterKey));
    } finally {
      await vault.close();
    }
  } finally {
    await database.close();
  }
}

const open = (name: string, url: string): Promise<Database> =>
  Database.open({ name, url, poolSize: 2 }).catch(() => {
    throw new ConfigurationError(`The database of ${name} cannot be reached. Is Cofactor running?`);
  });

async function staffOn(database: Database, vault: Database, masterKey: FileMasterKey): Promise<InstallationStaff> {
  const vaultParts = { database: vault, masterKey, keyedHashes: masterKey, clock: systemClock };
  const contacts = new Contacts(vaultParts);
  const recorder = createRecorder(new PostgresEventStore({ database, service: 'identity' }), systemClock);
  const hashing = await Hashing.create({ concurrency: 1, waiting: 1 }, randomBytes);
  return new InstallationStaff({
    recorder,
    directory: new Directory(database),
    registering: new Registration({ recorder, hashing, contacts, passwords: new Passwords(vaultParts) }),
    sealer: new PersonalFields(vaultParts),
    emailIndex: (email) => contacts.indexOf('email', email),
    nameIndex: (name) => masterKey.fingerprint('address-name', name),
    randomBytes,
  });
}
