import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WrappingKeyUnknown } from '../vault-errors';
import { FileMasterKey } from './file-master-key';

let folder: string;
let master: FileMasterKey;
const copy = () => join(folder, 'challenge.json');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofactor-waiting-'));
  master = await FileMasterKey.create(join(folder, 'keys.json'));
});
afterEach(() => rm(folder, { recursive: true }));

const dataKey = randomBytes(32);
const wrapByMaster = () => master.wrap('contact', 'amara', dataKey);

describe('a wrapping key that waits', () => {
  it('wraps nothing until it is promoted, and is made once', async () => {
    const before = await master.currentKeyId('contact');
    await master.prepareWrappingKey('contact');
    await master.prepareWrappingKey('contact');
    expect([await master.currentKeyId('contact'), await master.hasWaitingKey('contact')]).toEqual([before, true]);
    expect(await master.wrappingKeyIds('contact')).toHaveLength(2);
    expect((await wrapByMaster()).keyId).toBe(before);
    await master.promoteWrappingKey('contact');
    expect(await master.hasWaitingKey('contact')).toBe(false);
    const after = await master.currentKeyId('contact');
    expect([after === before, (await wrapByMaster()).keyId]).toEqual([false, after]);
  });

  it('is unwrapped by whoever was given it before it was promoted, even with a copy that is late', async () => {
    await master.share('challenge', copy());
    await master.prepareWrappingKey('contact');
    const tooLate = await FileMasterKey.load(copy());
    await master.promoteWrappingKey('contact');
    await expect(tooLate.unwrap('contact', 'amara', await wrapByMaster())).rejects.toThrow(WrappingKeyUnknown);
    await master.prepareWrappingKey('contact');
    await master.share('challenge', copy());
    await master.promoteWrappingKey('contact');
    expect(await tooLate.unwrap('contact', 'amara', await wrapByMaster())).toEqual(dataKey);
  });

  it('is not there to be promoted where none was prepared', async () => {
    const before = await master.currentKeyId('contact');
    await master.promoteWrappingKey('contact');
    expect(await master.currentKeyId('contact')).toBe(before);
  });
});
