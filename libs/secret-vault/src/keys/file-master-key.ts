import { createHmac } from 'node:crypto';
import { open, seal } from '../sealing';
import { KeyFileRefused, VaultKindNotHeld, WrappingKeyUnknown } from '../vault-errors';
import { vaultKinds, type VaultKind } from '../vault-kind';
import {
  newKeyFile,
  readKeyFile,
  replaceKeyFile,
  waitingKeyOf,
  withNewCurrentKey,
  withWaitingKey,
  withWaitingKeyCurrent,
  writeNewKeyFile,
  type KeyFile,
  type KeyFileReading,
  type WrappingKeys,
} from './key-file';
import { shareOf, type VaultService } from './share-of-keys';
import type { KeyedHashes, RotatableMasterKey, WrappedDataKey } from './master-key';

const isFileError = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const missing = (path: string): KeyFileRefused =>
  new KeyFileRefused(`there is no key file at ${path}; restore it from a backup, or name the right path`);

const binding = (kind: VaultKind, personId: string): string[] => ['data key', kind, personId];

/**
 * Wrapping keys in a JSON file that only its owner can read. A process follows changes of the file (rotation) by
 * itself; wrapping keys that it has once read go on unwrapping until it ends, so that no read in flight fails.
 */
export class FileMasterKey implements RotatableMasterKey, KeyedHashes {
  /** Keys that have been read, by kind and id. */
  private readonly unwrapping = new Map<string, Buffer>();

  private constructor(
    private readonly path: string,
    private reading: KeyFileReading,
  ) {
    this.learn();
  }

  /** Throws KeyFileRefused for a file that is missing, damaged, or readable by other accounts. */
  static async load(path: string): Promise<FileMasterKey> {
    try {
      const reading = await readKeyFile(path, null);
      if (reading === null) throw missing(path);
      return new FileMasterKey(path, reading);
    } catch (error) {
      throw isFileError(error, 'ENOENT') ? missing(path) : error;
    }
  }

  /** Makes a file with keys for every kind. Throws KeyFileRefused where one stands already. */
  static async create(path: string): Promise<FileMasterKey> {
    try {
      await writeNewKeyFile(path, newKeyFile());
    } catch (error) {
      if (!isFileError(error, 'EEXIST')) throw error;
      throw new KeyFileRefused(`there is a key file at ${path} already; without it nothing sealed can be opened`);
    }
    return FileMasterKey.load(path);
  }

  /**
   * Writes the key file of one service, with the keys of its own kinds, and replaces an earlier one; a service that runs
   * on it follows by itself.
   */
  async share(service: VaultService, path: string): Promise<void> {
    await this.follow();
    await replaceKeyFile(path, shareOf(this.reading.file, service));
  }

  async wrap(kind: VaultKind, personId: string, dataKey: Buffer): Promise<WrappedDataKey> {
    await this.follow();
    const { current, keys } = this.keysOf(kind);
    const key = Buffer.from(keys[current] ?? '', 'base64');
    return { keyId: current, wrapped: seal(key, dataKey, binding(kind, personId)) };
  }

  async unwrap(kind: VaultKind, personId: string, { keyId, wrapped }: WrappedDataKey): Promise<Buffer> {
    this.keysOf(kind);
    const id = `${kind} ${keyId}`;
    if (!this.unwrapping.has(id)) await this.follow();
    const key = this.unwrapping.get(id);
    if (!key) throw new WrappingKeyUnknown(kind, keyId);
    return open(key, wrapped, binding(kind, personId));
  }

  async currentKeyId(kind: VaultKind): Promise<string> {
    await this.follow();
    return this.keysOf(kind).current;
  }

  async wrappingKeyIds(kind: VaultKind): Promise<readonly string[]> {
    await this.follow();
    return Object.keys(this.keysOf(kind).keys);
  }

  async addWrappingKey(kind: VaultKind): Promise<void> {
    await this.change(kind, withNewCurrentKey);
  }

  /** The first step where copies of this file reach services late: a further key, which wraps nothing yet. */
  async prepareWrappingKey(kind: VaultKind): Promise<void> {
    await this.change(kind, withWaitingKey);
  }

  /** The second, once every copy has it: the key that waits is current. */
  async promoteWrappingKey(kind: VaultKind): Promise<void> {
    await this.change(kind, withWaitingKeyCurrent);
  }

  /** Whether a key was prepared and is not current yet. */
  async hasWaitingKey(kind: VaultKind): Promise<boolean> {
    await this.follow();
    return waitingKeyOf(this.keysOf(kind)) !== null;
  }

  async retireWrappingKeys(kind: VaultKind): Promise<void> {
    await this.change(kind, ({ current, keys }) => ({ current, keys: { [current]: keys[current] ?? '' } }));
  }

  blindIndex(kind: 'contact', text: string): string {
    const key = this.reading.file.blindIndexes[kind];
    if (key === undefined) throw new VaultKindNotHeld(kind);
    return createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64url');
  }

  fingerprint(purpose: string, text: string): string {
    return createHmac('sha256', Buffer.from(this.reading.file.fingerprint, 'base64'))
      .update(JSON.stringify([purpose, text]), 'utf8')
      .digest('base64url');
  }

  private keysOf(kind: VaultKind): WrappingKeys {
    const keys = this.reading.file.kinds[kind];
    if (keys === undefined) throw new VaultKindNotHeld(kind);
    return keys;
  }

  /** Reads the file again if it has been replaced. */
  private async follow(): Promise<void> {
    const changed = await readKeyFile(this.path, this.reading.revision);
    if (changed === null) return;
    this.reading = changed;
    this.learn();
  }

  private learn(): void {
    for (const kind of vaultKinds) {
      for (const [id, key] of Object.entries(this.reading.file.kinds[kind]?.keys ?? {})) {
        this.unwrapping.set(`${kind} ${id}`, Buffer.from(key, 'base64'));
      }
    }
  }

  private async change(kind: VaultKind, next: (keys: WrappingKeys) => WrappingKeys): Promise<void> {
    await this.follow();
    const { file } = this.reading;
    const changed: KeyFile = { ...file, kinds: { ...file.kinds, [kind]: next(this.keysOf(kind)) } };
    await replaceKeyFile(this.path, changed);
    await this.follow();
  }
}
