import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VaultKindNotHeld } from '../vault-errors';
import { FileMasterKey } from './file-master-key';
import type { KeyFile } from './key-file';
import { vaultServices } from './share-of-keys';

let folder: string;
let whole: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofactor-keys-'));
  whole = join(folder, 'whole.json');
});
afterEach(() => rm(folder, { recursive: true }));

const pathOf = (service: string) => join(folder, `${service}.json`);
const read = async (path: string): Promise<KeyFile> => JSON.parse(await readFile(path, 'utf8')) as KeyFile;

describe('the key file of one service', () => {
  it('holds the keys of its own kinds and of no other (DESIGN §4)', async () => {
    const master = await FileMasterKey.create(whole);
    for (const service of vaultServices) await master.share(service, pathOf(service));
    const held = await Promise.all(
      vaultServices.map(async (service) => {
        const { kinds, blindIndexes } = await read(pathOf(service));
        return [service, [...Object.keys(kinds), ...Object.keys(blindIndexes).map((kind) => `index ${kind}`)]];
      }),
    );
    expect(Object.fromEntries(held)).toEqual({
      identity: ['contact', 'password', 'personal-field', 'index contact'],
      'factor-enrollment': ['factor-secret', 'contact', 'personal-field', 'index contact'],
      challenge: ['factor-secret', 'contact', 'personal-field'],
      notification: ['contact', 'personal-field'],
      audit: ['personal-field'],
    });
    expect((await stat(pathOf('audit'))).mode & 0o777).toBe(0o600);
  });

  it('opens what another service sealed of a kind that both hold, and nothing else', async () => {
    const dataKey = Buffer.alloc(32, 7);
    const master = await FileMasterKey.create(whole);
    await master.share('factor-enrollment', pathOf('factor-enrollment'));
    await master.share('challenge', pathOf('challenge'));
    await master.share('audit', pathOf('audit'));
    const sealer = await FileMasterKey.load(pathOf('factor-enrollment'));
    const wrapped = await sealer.wrap('factor-secret', 'amara', dataKey);
    const challenge = await FileMasterKey.load(pathOf('challenge'));
    expect(await challenge.unwrap('factor-secret', 'amara', wrapped)).toEqual(dataKey);
    const audit = await FileMasterKey.load(pathOf('audit'));
    await expect(audit.unwrap('factor-secret', 'amara', wrapped)).rejects.toThrow(VaultKindNotHeld);
  });

  it('is made anew after a rotation, and a running service follows it', async () => {
    const master = await FileMasterKey.create(whole);
    await master.share('identity', pathOf('identity'));
    const identity = await FileMasterKey.load(pathOf('identity'));
    await master.addWrappingKey('contact');
    await master.share('identity', pathOf('identity'));
    expect(await identity.currentKeyId('contact')).toBe(await master.currentKeyId('contact'));
  });
});
