import { ConfigurationError, createLogger } from '@cofactor/service-kit';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp, backUpKeys, restore } from './backups';

const logger = createLogger('backup', 'fatal');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cofactor-backups-'));
  mkdirSync(join(home, 'keys'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const haveKeys = () => writeFileSync(join(home, 'keys', 'master.json'), '{}');
const restoring = (withoutTombstones = false) =>
  restore({
    home,
    folder: join(home, 'backup'),
    withoutTombstones,
    migrate: () => Promise.reject(new Error('was migrated')),
    logger,
    now: new Date(),
  });

describe('§6.12 a restore is refused', () => {
  it('without the keys of the data, and makes none', async () => {
    await expect(restoring()).rejects.toThrow(/There are no keys/);
    expect(readdirSync(join(home, 'keys'))).toEqual([]);
  });

  it('without tombstones, unless that is asked for', async () => {
    haveKeys();
    await expect(restoring()).rejects.toThrow(/tombstones\.jsonl is missing/);
    await expect(restoring(true)).rejects.toThrow(/There is no backup of/);
  });
});

it('a backup never overwrites one, of data or of keys', async () => {
  haveKeys();
  mkdirSync(join(home, 'there'));
  const places = { home, folder: join(home, 'there') };
  await expect(backUp(places, logger)).rejects.toThrow(ConfigurationError);
  await expect(backUpKeys(places)).rejects.toThrow(/exists/);
});

it('keys go to a place of their own', async () => {
  haveKeys();
  await backUpKeys({ home, folder: join(home, 'safe') });
  expect(readdirSync(join(home, 'safe'))).toEqual(['master.json']);
});
