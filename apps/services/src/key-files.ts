import { signers, writePrivately, type Keys } from '@cofactor/local-installation';
import { vaultServices } from '@cofactor/secret-vault';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The paths of the key files that each process gets, and nothing else of the keys of this installation. */
export interface KeyFiles {
  readonly signing: (name: string) => string;
  readonly vault: (name: string) => string;
}

/** Writes them anew at each start: of the vault's keys, each service is given those of its own kinds. */
export async function writeKeyFiles(home: string, { master, signing }: Keys): Promise<KeyFiles> {
  const folder = join(home, 'keys', 'services');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const files: KeyFiles = {
    signing: (name) => join(folder, `${name}.signing.json`),
    vault: (name) => join(folder, `${name}.vault.json`),
  };
  for (const name of signers) await writePrivately(files.signing(name), JSON.stringify({ keys: [signing[name]] }));
  for (const name of vaultServices) await master.share(name, files.vault(name));
  return files;
}
