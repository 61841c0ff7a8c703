import { Database } from '@cofactor/event-store';
import {
  FileMasterKey,
  KeyFileRefused,
  rotateWrappingKey,
  vaultKinds,
  vaultServices,
  type RotatableMasterKey,
  type VaultKind,
} from '@cofactor/secret-vault';
import { ConfigurationError, withFiles } from '@cofactor/service-kit';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const steps = ['rotate', 'add', 'promote', 'finish'] as const;
type Step = (typeof steps)[number];

const usage = `Replaces the key that wraps the data keys of one kind of entries (${vaultKinds.join(', ')}), while services run.
  npm run vault-keys -- rotate KIND     all at once, where the services read the files of this folder themselves
  npm run vault-keys -- add KIND        where they get copies: then hand out the copies, wait until all have them
  npm run vault-keys -- promote KIND    the same again
  npm run vault-keys -- finish KIND     wraps all anew, takes the old key away; then hand out the copies`;

/**
 * `npm run vault-keys`: rotates a wrapping key of the vault. The folder COFACTOR_SECRETS holds vault-keys.json and, for
 * each service, keys/<service>/vault-keys.json; `rotate` and `finish` need the vault under its owner at
 * MIGRATIONS_DATABASE_URL. Each step can be repeated. Answers the exit code.
 */
export async function runVaultKeysCommand(
  words: readonly string[],
  environment: Environment,
  write: (line: string) => void,
): Promise<0 | 1> {
  const [step, kind] = [steps.find((one) => one === words[0]), vaultKinds.find((one) => one === words[1])];
  if (words.length !== 2 || step === undefined || kind === undefined) {
    write(usage);
    return 1;
  }
  try {
    write(await take(step, kind, withFiles(environment)));
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof KeyFileRefused)) throw error;
    write(`${error.message.charAt(0).toUpperCase()}${error.message.slice(1).replace(/[.]$/, '')}.`);
    return 1;
  }
}

async function take(step: Step, kind: VaultKind, environment: Environment): Promise<string> {
  const folder = environment['COFACTOR_SECRETS'] ?? 'infra/docker/secrets';
  const master = await FileMasterKey.load(join(folder, 'vault-keys.json'));
  const share = async () => {
    for (const service of vaultServices) await master.share(service, join(folder, 'keys', service, 'vault-keys.json'));
  };
  const isUnderWay = (await master.wrappingKeyIds(kind)).length > 1;
  if (step === 'add' || (step === 'rotate' && !isUnderWay)) {
    await master.prepareWrappingKey(kind);
    await share();
  }
  if (step === 'add')
    return `A new key of ${kind} waits. Hand out the copies; when every service has its own, promote.`;
  if (step === 'promote' || step === 'rotate') {
    await master.promoteWrappingKey(kind);
    await share();
  }
  if (step === 'promote') return `The new key of ${kind} is current. Hand out the copies; when all have them, finish.`;
  if (await master.hasWaitingKey(kind))
    throw new ConfigurationError(`the new key of ${kind} waits still: promote first`);
  if ((await master.wrappingKeyIds(kind)).length === 1) return `There is one key of ${kind}: nothing is under way.`;
  await withVault(environment, (database) => rotateWrappingKey({ database, masterKey: sharing(master, share) }, kind));
  return `Every data key of ${kind} is wrapped under the new key, and the old one is gone.`;
}

/** Whatever changes in the file with all keys reaches the file of each service before anything else happens. */
const sharing = (master: FileMasterKey, share: () => Promise<void>): RotatableMasterKey => ({
  wrap: (...given) => master.wrap(...given),
  unwrap: (...given) => master.unwrap(...given),
  currentKeyId: (kind) => master.currentKeyId(kind),
  wrappingKeyIds: (kind) => master.wrappingKeyIds(kind),
  addWrappingKey: (kind) => master.addWrappingKey(kind).then(share),
  retireWrappingKeys: (kind) => master.retireWrappingKeys(kind).then(share),
});

async function withVault(environment: Environment, work: (database: Database) => Promise<void>): Promise<void> {
  const url = environment['MIGRATIONS_DATABASE_URL'];
  if (url === undefined) throw new ConfigurationError('MIGRATIONS_DATABASE_URL: name the vault, under its owner');
  const database = await Database.open({ name: 'vault keys', url, poolSize: 2 }).catch(() => {
    throw new ConfigurationError('MIGRATIONS_DATABASE_URL: the vault cannot be reached');
  });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}
