import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyFileRefused, VaultKindNotHeld, VaultTampered, WrappingKeyUnknown } from '../vault-errors';
import { vaultKinds } from '../vault-kind';
import { FileMasterKey } from './file-master-key';
import { newKeyFile, type KeyFile } from './key-file';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofactor-keys-'));
  path = join(folder, 'keys.json');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (content: unknown) => writeFile(path, JSON.stringify(content), { mode: 0o600 });
const read = async (): Promise<KeyFile> => JSON.parse(await readFile(path, 'utf8')) as KeyFile;

describe('the key file', () => {
  it('is made whole, for its owner alone, with a key of its own for each kind', async () => {
    await FileMasterKey.create(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['keys.json']);
    const file = await read();
    const keys = [
      ...vaultKinds.flatMap((kind) => Object.values(file.kinds[kind]?.keys ?? {})),
      file.blindIndexes.contact ?? '',
      file.fingerprint,
    ];
    expect(keys).toHaveLength(6);
    expect(new Set(keys).size).toBe(6);
    for (const key of keys) expect(Buffer.from(key, 'base64')).toHaveLength(32);
  });

  it('is never made over an existing one, not even by two makers at once', async () => {
    const makers = await Promise.allSettled(Array.from({ length: 8 }, () => FileMasterKey.create(path)));
    expect(makers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const maker of makers) if (maker.status === 'rejected') expect(maker.reason).toBeInstanceOf(KeyFileRefused);
    expect(await readdir(folder)).toEqual(['keys.json']);
  });

  it.each([0o640, 0o604, 0o660, 0o644])('of mode %o is refused, and the error says what to do', async (mode) => {
    await FileMasterKey.create(path);
    await chmod(path, mode);
    await expect(FileMasterKey.load(path)).rejects.toThrow(`chmod 600 '${path}'`);
  });

  it('that is missing is refused with a sentence', async () => {
    await expect(FileMasterKey.load(path)).rejects.toThrow(KeyFileRefused);
    await expect(FileMasterKey.load(path)).rejects.toThrow(/^there is no key file at/);
  });

  it.each([
    ['no JSON', () => '{"fingerprint": "c2VjcmV0'],
    ['a short key', () => JSON.stringify({ ...newKeyFile(), fingerprint: 'c2VjcmV0' })],
    [
      'a missing current key',
      () => JSON.stringify({ ...newKeyFile(), kinds: { password: { current: 'a', keys: {} } } }),
    ],
    ['an unknown kind', () => JSON.stringify({ ...newKeyFile(), kinds: { secret: { current: 'a', keys: {} } } })],
  ])('with %s is refused, without quoting it (I4)', async (_, content) => {
    await writeFile(path, content(), { mode: 0o600 });
    const refusal = await FileMasterKey.load(path).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(KeyFileRefused);
    expect(String(refusal)).not.toContain('c2VjcmV0');
  });
});

describe('wrapping', () => {
  const dataKey = randomBytes(32);

  it('gives the data key back to the same kind and person, and to no other', async () => {
    const masterKey = await FileMasterKey.create(path);
    const wrapped = await masterKey.wrap('contact', 'person', dataKey);
    expect(wrapped.keyId).toBe(await masterKey.currentKeyId('contact'));
    expect(await masterKey.unwrap('contact', 'person', wrapped)).toEqual(dataKey);
    expect(wrapped.wrapped.includes(dataKey.subarray(0, 8))).toBe(false);
    await expect(masterKey.unwrap('contact', 'other', wrapped)).rejects.toThrow(VaultTampered);
    await expect(masterKey.unwrap('password', 'person', wrapped)).rejects.toThrow(WrappingKeyUnknown);
  });

  it('binds to the kind even where two kinds have the same key', async () => {
    const file = newKeyFile();
    const contact = file.kinds.contact;
    await write({ ...file, kinds: { contact, password: contact } });
    const masterKey = await FileMasterKey.load(path);
    const wrapped = await masterKey.wrap('contact', 'person', dataKey);
    await expect(masterKey.unwrap('password', 'person', wrapped)).rejects.toThrow(VaultTampered);
  });

  it('of a kind that the file does not hold is refused', async () => {
    const { kinds, ...file } = newKeyFile();
    await write({ ...file, kinds: { 'factor-secret': kinds['factor-secret'] }, blindIndexes: {} });
    const masterKey = await FileMasterKey.load(path);
    await masterKey.wrap('factor-secret', 'person', dataKey);
    await expect(masterKey.wrap('contact', 'person', dataKey)).rejects.toThrow(VaultKindNotHeld);
    await expect(masterKey.currentKeyId('password')).rejects.toThrow(VaultKindNotHeld);
    await expect(masterKey.unwrap('contact', 'person', { keyId: 'a', wrapped: Buffer.alloc(60) })).rejects.toThrow(
      VaultKindNotHeld,
    );
    expect(() => masterKey.blindIndex('contact', 'sam')).toThrow(VaultKindNotHeld);
  });

  it('follows a file that another process has changed', async () => {
    const [here, elsewhere] = [await FileMasterKey.create(path), await FileMasterKey.load(path)];
    const before = await here.wrap('contact', 'person', dataKey);
    await elsewhere.addWrappingKey('contact');
    const after = await here.wrap('contact', 'person', dataKey);
    expect(after.keyId).not.toBe(before.keyId);
    expect(after.keyId).toBe(await elsewhere.currentKeyId('contact'));
    const stale = await FileMasterKey.load(path);
    await here.addWrappingKey('contact');
    const newest = await here.wrap('contact', 'person', dataKey);
    expect(await stale.unwrap('contact', 'person', newest)).toEqual(dataKey);
  });

  it('keys that were retired are gone from the file; a read in flight still ends well', async () => {
    const masterKey = await FileMasterKey.create(path);
    const before = await masterKey.wrap('contact', 'person', dataKey);
    await masterKey.addWrappingKey('contact');
    await masterKey.retireWrappingKeys('contact');
    expect(await masterKey.wrappingKeyIds('contact')).toEqual([await masterKey.currentKeyId('contact')]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await masterKey.unwrap('contact', 'person', before)).toEqual(dataKey);
    const started = await FileMasterKey.load(path);
    await expect(started.unwrap('contact', 'person', before)).rejects.toThrow(WrappingKeyUnknown);
  });
});

describe('keyed hashes', () => {
  it('are equal for equal texts under one key, and differ by purpose, text and key', async () => {
    const masterKey = await FileMasterKey.create(path);
    const again = await FileMasterKey.load(path);
    expect(masterKey.fingerprint('answer', '287082')).toBe(again.fingerprint('answer', '287082'));
    expect(masterKey.blindIndex('contact', 'sam')).toBe(again.blindIndex('contact', 'sam'));
    const other = await FileMasterKey.create(join(folder, 'other.json'));
    const hashes = [
      masterKey.fingerprint('answer', '287082'),
      masterKey.fingerprint('door', '287082'),
      masterKey.fingerprint('answer', '287083'),
      masterKey.fingerprint('answe', 'r287082'),
      masterKey.blindIndex('contact', 'sam'),
      masterKey.blindIndex('contact', 'max'),
      other.fingerprint('answer', '287082'),
      other.blindIndex('contact', 'sam'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const hash of hashes) expect(hash).toMatch(/^[\w-]{43}$/);
  });
});
